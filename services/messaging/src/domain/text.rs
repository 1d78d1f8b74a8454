//! Texts with a bound: what a message says, and what agents call things.

use std::fmt;

use serde::{Deserialize, Serialize};

use chassis::malformed::Malformed;

/// What a message says: 1 to 8,000 characters. Personal data, so it prints as `redacted`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Longest message, in characters.
    pub const MAX_CHARS: usize = 8_000;

    /// The one character that a PostgreSQL text cannot hold.
    const UNSTORABLE: char = '\0';

    /// Stands for an incoming message in which nothing is written.
    const EMPTY: &str = "[empty]";

    /// Takes a text of a caller, or says why it cannot be sent.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        if raw.trim().is_empty() || Self::MAX_CHARS < raw.chars().count() {
            return Err(Malformed("must have 1 to 8,000 characters"));
        }
        if raw.contains(Self::UNSTORABLE) {
            return Err(Malformed("must not contain NUL"));
        }
        Ok(Self(raw.to_owned()))
    }

    /// Takes a text that is here to stay, whatever it holds: what is too long or unstorable is cut.
    pub fn clipped(raw: &str) -> Self {
        let storable = raw.chars().filter(|it| *it != Self::UNSTORABLE);
        let text: String = storable.take(Self::MAX_CHARS).collect();
        if text.trim().is_empty() {
            return Self(Self::EMPTY.to_owned());
        }
        Self(text)
    }

    /// Shows the text. Every use is a place to look at when personal data has leaked.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Personal data never reaches a log by accident.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(redacted)")
    }
}

/// What agents call an inbox or a rule: 1 to 100 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisplayName(String);

impl DisplayName {
    const MAX_CHARS: usize = 100;

    /// Trims the name, or says why it is none.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        let name = raw.trim();
        if name.is_empty() || Self::MAX_CHARS < name.chars().count() {
            return Err(Malformed("must have 1 to 100 characters"));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as a column holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a name that was checked before: by us, or when it was stored.
    pub(crate) fn known(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sent_text_has_1_to_8000_characters() {
        assert!(Text::parse("好").is_ok());
        assert!(Text::parse(&"好".repeat(8_000)).is_ok());
        assert!(Text::parse(&"好".repeat(8_001)).is_err());
        assert!(Text::parse(" \n").is_err());
        assert!(Text::parse("").is_err());
        assert!(Text::parse("a\0b").is_err());
    }

    #[test]
    fn a_received_text_is_cut_rather_than_lost() {
        assert_eq!(Text::clipped(&"好".repeat(9_000)).expose().chars().count(), 8_000);
        assert_eq!(Text::clipped("").expose(), "[empty]");
        assert_eq!(Text::clipped("\0").expose(), "[empty]");
        assert_eq!(Text::clipped("a\0b").expose(), "ab");
    }

    #[test]
    fn debug_output_holds_no_text() {
        assert_eq!(format!("{:?}", Text::clipped("canary")), "Text(redacted)");
    }

    #[test]
    fn a_display_name_is_trimmed_and_bounded() {
        assert_eq!(DisplayName::parse("  Shop ").unwrap().as_str(), "Shop");
        assert!(DisplayName::parse("  ").is_err());
        assert!(DisplayName::parse(&"x".repeat(101)).is_err());
    }
}
