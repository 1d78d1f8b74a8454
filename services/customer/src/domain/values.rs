//! Well-formed values: one that exists has its shape, and personal data redacts itself.

use std::fmt;

use chassis::malformed::Malformed;
use serde::{Deserialize, Serialize};

/// Declares a text that was checked when it was made and that hides itself in debug output.
macro_rules! private_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes a text that was checked before it was stored.
            pub fn from_row(stored: String) -> Self {
                Self(stored)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        }
    };
}

private_text!(
    /// An e-mail address: trimmed, lower-cased, and shaped like `local@domain.tld`.
    Email
);
private_text!(
    /// A telephone number in E.164 form, `+8613800138000`.
    Phone
);
private_text!(
    /// Free text of a bounded length, without control characters.
    Text
);

impl Email {
    /// Longest address a mail server has to accept (RFC 5321, 4.5.3.1.3).
    const MAX_LEN: usize = 254;

    /// Reads an address, or says what is wrong with it.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        let address = raw.trim().to_lowercase();
        if Self::MAX_LEN < address.len() {
            return Err(Malformed("must be at most 254 characters"));
        }
        let is_plain = !address.contains(|c: char| c.is_whitespace() || c.is_control());
        match address.split_once('@') {
            Some((local, domain))
                if is_plain
                    && !local.is_empty()
                    && domain.contains('.')
                    && !domain.contains('@') =>
            {
                Ok(Self(address))
            }
            _ => Err(Malformed("must look like `name@example.com`")),
        }
    }
}

impl Phone {
    /// Reads a number, ignoring spaces and hyphens.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        if 32 < raw.len() {
            return Err(Malformed("must be at most 32 characters"));
        }
        let number: String = raw.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits = number.strip_prefix('+').unwrap_or_default();
        let is_e164 = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if is_e164 { Ok(Self(number)) } else { Err(Malformed("must look like `+8613800138000`")) }
    }
}

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

    /// Tells whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Default for Text {
    /// The empty text.
    fn default() -> Self {
        Self(String::new())
    }
}

/// A language as a BCP 47 tag, `zh` or `en-GB`; may be empty for unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageCode(pub String);

impl LanguageCode {
    /// Reads a tag by its shape; whether the language exists is not checked.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        let is_part = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let is_tag = raw.len() <= 35
            && raw.split('-').all(is_part)
            && raw.split('-').next().is_some_and(|language| 2 <= language.len());
        if raw.is_empty() || is_tag {
            Ok(Self(raw.to_owned()))
        } else {
            Err(Malformed("must be a BCP 47 tag such as `zh` or `en-GB`"))
        }
    }
}

/// An internet domain in lower case, `example.com`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Domain(pub String);

impl Domain {
    /// Reads a domain of at least two labels.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        let domain = raw.trim().to_lowercase();
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label) {
            Ok(Self(domain))
        } else {
            Err(Malformed("must look like `example.com`"))
        }
    }
}

/// Labels in lower case, each once, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(pub Vec<String>);

impl Tags {
    /// Reads labels, dropping repetitions.
    pub fn parse(raw: &[String]) -> Result<Self, Malformed> {
        if 50 < raw.len() {
            return Err(Malformed("must be at most 50 labels"));
        }
        let mut tags = Vec::with_capacity(raw.len());
        for tag in raw {
            let tag = tag.trim().to_lowercase();
            if tag.is_empty() || 64 < tag.chars().count() || tag.chars().any(char::is_control) {
                return Err(Malformed("must be labels of 1 to 64 characters"));
            }
            tags.push(tag);
        }
        tags.sort();
        tags.dedup();
        Ok(Self(tags))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_trimmed_and_lower_cased() {
        #[track_caller]
        fn check(raw: &str, expected: Option<&str>) {
            assert_eq!(Email::parse(raw).as_ref().map(Email::as_str).ok(), expected);
        }

        check(" Ada@Example.com ", Some("ada@example.com"));
        check("ada", None);
        check("@example.com", None);
        check("a da@example.com", None);
        check("a@b@example.com", None);
    }

    #[test]
    fn phones_are_international_numbers() {
        #[track_caller]
        fn check(raw: &str, expected: Option<&str>) {
            assert_eq!(Phone::parse(raw).as_ref().map(Phone::as_str).ok(), expected);
        }

        check("+86 138-0013-8000", Some("+8613800138000"));
        check("13800138000", None);
        check("+0123456789", None);
        check("+12345678901234567", None);
    }

    #[test]
    fn personal_data_hides_itself() {
        let email = Email::parse("ada@example.com").unwrap();

        assert_eq!(format!("{email:?}"), "Email(redacted)");
    }

    #[test]
    fn other_values_have_their_shapes() {
        assert!(LanguageCode::parse("zh").is_ok() && LanguageCode::parse("zh-Hans-CN").is_ok());
        assert!(LanguageCode::parse("中文").is_err() && LanguageCode::parse("e").is_err());
        assert_eq!(Domain::parse("Example.COM").unwrap().0, "example.com");
        assert!(Domain::parse("localhost").is_err() && Domain::parse("-a.com").is_err());
        let tags = Tags::parse(&["VIP".to_owned(), "new".to_owned(), "vip ".to_owned()]).unwrap();
        assert_eq!(tags.0, ["new", "vip"]);
        assert!(Text::parse("a\u{0}", 10, "too long").is_err());
        assert!(Text::parse("abc", 2, "too long").is_err());
    }
}
