//! Values that facts are made of: bounded, and free of anything a person wrote.

use chassis::{malformed::Malformed, resource_id};

resource_id!(
    /// Names a contact of the customer service.
    ContactId,
    "contacts"
);

/// A stable word of a contract, such as `CHANNEL_WECHAT`, `order_status` or `zh-Hans`; may be empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(String);

impl Label {
    const MAX_LEN: usize = 64;

    /// Takes at most 64 letters, digits, `_`, `-` and `.`: no sentence fits in there.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if Self::MAX_LEN < raw.len() || !raw.bytes().all(is_plain) {
            return Err(Malformed("must be a word of at most 64 letters, digits, `_`, `-` or `.`"));
        }
        Ok(Self(raw.to_owned()))
    }

    /// A word of our own.
    pub fn of(word: &'static str) -> Self {
        Self(word.to_owned())
    }

    /// A number where a word is missing.
    pub fn number(number: i32) -> Self {
        Self(number.to_string())
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The resource name of what something happened to, `conversations/{id}/messages/{id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource(String);

impl Resource {
    const MAX_LEN: usize = 200;

    /// Takes collections and ids joined by `/`, at most 200 characters.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-".contains(&it))
        };
        let has_shape =
            raw.len() <= Self::MAX_LEN && raw.contains('/') && raw.split('/').all(is_part);
        if has_shape { Ok(Self(raw.to_owned())) } else { Err(Malformed("must be a resource name")) }
    }

    /// The contact itself.
    pub fn of(contact: ContactId) -> Self {
        Self(contact.to_string())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A measured number, kept in whole millionths: sums of it are the same in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millionths(pub i64);

impl Millionths {
    /// How many make 1.
    pub const ONE: i64 = 1_000_000;

    /// Largest magnitude that is taken: thirty years in seconds.
    const MAX: f64 = 1e9;

    /// Rounds to the nearest millionth, and refuses what is no number or beyond all measure.
    pub fn parse(raw: f64) -> Result<Self, Malformed> {
        if !raw.is_finite() || Self::MAX < raw.abs() {
            return Err(Malformed("must be a number of at most 1,000,000,000"));
        }
        // Below 2^53 by the bound above, so nothing is lost.
        Ok(Self((raw * Self::ONE as f64).round() as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_word_and_no_sentence() {
        #[track_caller]
        fn check(raw: &str, is_taken: bool) {
            assert_eq!(Label::parse(raw).is_ok(), is_taken, "{raw}");
        }

        check("", true);
        check("CHANNEL_WECHAT", true);
        check("zh-Hans", true);
        check("order_status", true);
        check("where is my order", false);
        check("ada@example.com", false);
        check("订单", false);
        check(&"x".repeat(65), false);
    }

    #[test]
    fn a_resource_is_collections_and_ids() {
        #[track_caller]
        fn check(raw: &str, is_taken: bool) {
            assert_eq!(Resource::parse(raw).is_ok(), is_taken, "{raw}");
        }

        check("orders/0199f3a0-0000-7000-8000-00000000000a", true);
        check("conversations/1/messages/2", true);
        check("orders", false);
        check("orders/", false);
        check("orders/1 2", false);
        check(&format!("orders/{}", "1".repeat(200)), false);
        check("", false);
    }

    #[test]
    fn a_measure_is_rounded_to_a_millionth() {
        #[track_caller]
        fn check(raw: f64, expected: Option<i64>) {
            assert_eq!(Millionths::parse(raw).ok().map(|it| it.0), expected, "{raw}");
        }

        check(0.0, Some(0));
        check(12.5, Some(12_500_000));
        check(-0.25, Some(-250_000));
        check(0.000_000_4, Some(0));
        check(1e9, Some(1_000_000_000_000_000));
        check(1.1e9, None);
        check(f64::NAN, None);
        check(f64::NEG_INFINITY, None);
    }
}
