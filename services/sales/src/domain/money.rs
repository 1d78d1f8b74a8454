//! Money in whole minor units: every sum is checked, and two currencies never meet in one.

use chassis::malformed::Malformed;
use serde::{Deserialize, Serialize};

/// A currency by its ISO 4217 shape, `CNY`; whether it exists is not checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Currency(String);

impl Currency {
    /// Reads a code of three capital letters.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        let is_code = raw.len() == 3 && raw.bytes().all(|byte| byte.is_ascii_uppercase());
        match is_code {
            true => Ok(Self(raw.to_owned())),
            false => Err(Malformed("must have a currency code such as `CNY`")),
        }
    }

    /// Takes a code that was checked before it was stored.
    pub fn from_row(stored: String) -> Self {
        Self(stored)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An amount in a currency's minor unit: fen, cent, yen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Its currency.
    pub currency: Currency,
    /// How much.
    pub minor_units: i64,
}

impl Money {
    /// Reads an amount that is not negative: a price.
    pub fn price(currency_code: &str, minor_units: i64) -> Result<Self, Malformed> {
        let money = Self { currency: Currency::parse(currency_code)?, minor_units };
        if minor_units < 0 { Err(Malformed("must not be negative")) } else { Ok(money) }
    }

    /// So many times this; `None` if that is more than can be counted.
    pub fn times(&self, count: u32) -> Option<Self> {
        let minor_units = self.minor_units.checked_mul(i64::from(count))?;
        Some(Self { currency: self.currency.clone(), minor_units })
    }

    /// The sum of amounts in one currency. Refuses none at all, two currencies, and more than can be counted.
    pub fn sum(amounts: impl IntoIterator<Item = Option<Self>>) -> Result<Self, Malformed> {
        const TOO_MUCH: Malformed = Malformed("must not come to more than can be counted");
        let mut total: Option<Self> = None;
        for amount in amounts {
            let amount = amount.ok_or(TOO_MUCH)?;
            total = match total {
                None => Some(amount),
                Some(total) if total.currency != amount.currency => {
                    return Err(Malformed("must be in one currency"));
                }
                Some(total) => {
                    let sum = total.minor_units.checked_add(amount.minor_units);
                    Some(Self { minor_units: sum.ok_or(TOO_MUCH)?, ..total })
                }
            };
        }
        total.ok_or(Malformed("must not be empty"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cny(minor_units: i64) -> Option<Money> {
        Money::price("CNY", minor_units).ok()
    }

    #[test]
    fn a_price_has_a_currency_and_is_not_negative() {
        #[track_caller]
        fn check(currency_code: &str, minor_units: i64, is_price: bool) {
            assert_eq!(Money::price(currency_code, minor_units).is_ok(), is_price);
        }

        check("CNY", 0, true);
        check("JPY", i64::MAX, true);
        check("CNY", -1, false);
        check("cny", 1, false);
        check("", 1, false);
        check("元元元", 1, false);
    }

    #[test]
    fn sums_stay_in_one_currency_and_never_wrap() {
        #[track_caller]
        fn check(amounts: Vec<Option<Money>>, expected: Result<i64, &str>) {
            let sum = Money::sum(amounts).map(|it| it.minor_units).map_err(|it| it.0);
            assert_eq!(sum, expected);
        }

        check(vec![cny(1), cny(2)], Ok(3));
        check(vec![cny(0)], Ok(0));
        check(vec![], Err("must not be empty"));
        check(vec![cny(1), Money::price("USD", 1).ok()], Err("must be in one currency"));
        let too_much = Err("must not come to more than can be counted");
        check(vec![cny(i64::MAX), cny(1)], too_much);
        check(vec![cny(i64::MAX / 2 + 1).unwrap().times(2)], too_much);
    }
}
