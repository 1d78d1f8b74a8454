//! The number of an order that came without one: short enough to be read out on the telephone.

use chrono::{DateTime, Utc};

use super::Code;

/// Crockford's base 32: no letter that looks like a digit, and no U to spell words with.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters after the date: about a thousand million numbers a day.
const LENGTH: u32 = 6;

/// Makes a number of the day and of the lowest bits of `random`, `261121-7K3QF0`.
pub fn generated(now: DateTime<Utc>, random: u64) -> Code {
    let places = (0..LENGTH).map(|place| (random >> (5 * place)) & 31);
    let letters = places.filter_map(|digit| ALPHABET.get(usize::try_from(digit).ok()?));
    let letters: String = letters.map(|letter| char::from(*letter)).collect();
    Code::known(format!("{}-{letters}", now.format("%y%m%d")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_day_and_six_characters() {
        #[track_caller]
        fn check(random: u64, expected: &str) {
            assert_eq!(generated(DateTime::UNIX_EPOCH, random).as_str(), expected);
        }

        check(0, "700101-000000");
        check(31, "700101-Z00000");
        check(u64::MAX, "700101-ZZZZZZ");
    }
}
