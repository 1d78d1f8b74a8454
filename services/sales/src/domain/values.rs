//! Well-formed texts: one that exists has its shape, and what people wrote redacts itself.

use std::fmt;

use chassis::malformed::Malformed;
use serde::{Deserialize, Serialize};

/// Free text of a bounded length, without control characters. It may hold personal data.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    /// Reads a text of at most `max` characters; an empty one is well-formed.
    pub fn parse(raw: &str, max: usize, too_long: &'static str) -> Result<Self, Malformed> {
        let text = raw.trim();
        if max < text.chars().count() {
            return Err(Malformed(too_long));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(Malformed("must not have control characters"));
        }
        Ok(Self(text.to_owned()))
    }

    /// Takes a text that was checked before it was stored.
    pub fn from_row(stored: String) -> Self {
        Self(stored)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(redacted)")
    }
}

/// What people call one thing by: a stock keeping unit or the number of an order, 1 to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(String);

impl Code {
    /// Reads a code, or says what is wrong with it.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        let code = raw.trim();
        if code.is_empty() || 64 < code.chars().count() {
            return Err(Malformed("must be 1 to 64 characters"));
        }
        if code.chars().any(char::is_control) {
            return Err(Malformed("must not have control characters"));
        }
        Ok(Self(code.to_owned()))
    }

    /// Takes a code that was checked before, or made by us.
    pub fn known(code: String) -> Self {
        Self(code)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_1_to_64_plain_characters() {
        #[track_caller]
        fn check(raw: &str, expected: Option<&str>) {
            assert_eq!(Code::parse(raw).as_ref().map(Code::as_str).ok(), expected);
        }

        check(" TEA-01 ", Some("TEA-01"));
        check("茶一号", Some("茶一号"));
        check("  ", None);
        check("a\nb", None);
        check(&"字".repeat(64), Some(&"字".repeat(64)));
        check(&"x".repeat(65), None);
    }

    #[test]
    fn a_text_is_bounded_and_hides_itself() {
        let note = Text::parse(" call Ada \n", 100, "too long").unwrap();

        assert_eq!(note.as_str(), "call Ada");
        assert_eq!(format!("{note:?}"), "Text(redacted)");
        assert!(Text::parse("a\u{0}", 10, "too long").is_err());
        assert_eq!(Text::parse("abc", 2, "too long"), Err(Malformed("too long")));
    }
}
