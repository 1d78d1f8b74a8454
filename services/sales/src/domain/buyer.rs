//! The buyer as a shop knows them: the key of a channel identity, spelled as the customer service spells it.

use chassis::malformed::Malformed;
use serde::{Deserialize, Serialize};

use super::Text;

/// The kinds of channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// WeChat Official Account.
    Wechat,
    /// WeCom.
    Wecom,
    /// Weibo fan service.
    Weibo,
    /// QQ bot.
    Qq,
    /// `WhatsApp` Cloud.
    Whatsapp,
    /// E-mail.
    Email,
    /// Telephone.
    Phone,
    /// Live chat on a web page.
    Web,
    /// An online shop.
    Shop,
    /// Telegram bot.
    Telegram,
}

/// Names somebody on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IdentityKey {
    /// The kind of channel.
    pub channel: Channel,
    /// Within what the external id is unique; may be empty.
    pub realm: String,
    /// The provider's id of the person.
    pub external_id: Text,
}

impl IdentityKey {
    /// Makes a key, in the one spelling its channel has for an id.
    ///
    /// Orders are found by a key that the customer service made, so both must spell alike.
    pub fn parse(channel: Channel, realm: &str, external_id: &str) -> Result<Self, Malformed> {
        if 128 < realm.len() || realm.chars().any(char::is_control) {
            return Err(Malformed("must have a realm of at most 128 characters"));
        }
        let external_id =
            Text::parse(external_id, 256, "must have an id of at most 256 characters")?;
        if external_id.is_empty() {
            return Err(Malformed("must have an external id"));
        }
        let external_id = match channel {
            Channel::Email => email(external_id.as_str())?,
            Channel::Phone => phone(external_id.as_str())?,
            Channel::Wechat
            | Channel::Wecom
            | Channel::Weibo
            | Channel::Qq
            | Channel::Whatsapp
            | Channel::Web
            | Channel::Shop
            | Channel::Telegram => external_id,
        };
        // Where an id is unique in the world there is no realm, whatever was said.
        let realm = match channel {
            Channel::Email | Channel::Phone => "",
            Channel::Wechat
            | Channel::Wecom
            | Channel::Weibo
            | Channel::Qq
            | Channel::Whatsapp
            | Channel::Web
            | Channel::Shop
            | Channel::Telegram => realm,
        };
        Ok(Self { channel, realm: realm.to_owned(), external_id })
    }
}

/// An address in lower case.
fn email(raw: &str) -> Result<Text, Malformed> {
    let address = raw.to_lowercase();
    let is_plain = !address.contains(|c: char| c.is_whitespace() || c.is_control());
    match address.split_once('@') {
        Some((local, domain))
            if is_plain
                && address.len() <= 254
                && !local.is_empty()
                && domain.contains('.')
                && !domain.contains('@') =>
        {
            Ok(Text::from_row(address))
        }
        Some(_) | None => Err(Malformed("must have an id like `name@example.com`")),
    }
}

/// A number in E.164 form, without the spaces and hyphens that people put in.
fn phone(raw: &str) -> Result<Text, Malformed> {
    let number: String = raw.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits = number.strip_prefix('+').unwrap_or_default();
    let is_e164 = raw.len() <= 32
        && (7..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    match is_e164 {
        true => Ok(Text::from_row(number)),
        false => Err(Malformed("must have an id like `+8613800138000`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_spelling_of_its_channel() {
        #[track_caller]
        fn check(channel: Channel, external_id: &str, expected: Option<&str>) {
            let key = IdentityKey::parse(channel, "wx1", external_id);
            assert_eq!(key.as_ref().map(|it| it.external_id.as_str()).ok(), expected);
        }

        check(Channel::Wechat, "oAbC", Some("oAbC"));
        check(Channel::Wechat, " ", None);
        check(Channel::Wechat, &"x".repeat(257), None);
        check(Channel::Email, " Ada@Example.com", Some("ada@example.com"));
        check(Channel::Email, "ada", None);
        check(Channel::Phone, "+86 138-0013-8000", Some("+8613800138000"));
        check(Channel::Phone, "138", None);
    }

    #[test]
    fn a_realm_is_bounded() {
        assert!(IdentityKey::parse(Channel::Shop, &"x".repeat(129), "1").is_err());
    }
}
