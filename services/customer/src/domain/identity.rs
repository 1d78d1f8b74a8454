//! The channel identity: how a contact is known on one channel.

use chassis::malformed::Malformed;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ContactId, Email, IdentityId, IdentityName, Phone, Text};

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

/// Names somebody on one channel. At most one live contact of a tenant has it.
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
    /// Reads a realm. Where an id is unique in the world there is none, whatever was said: with one, a person
    /// would have two keys.
    pub fn parse_realm(channel: Channel, realm: &str) -> Result<String, Malformed> {
        match channel {
            Channel::Email | Channel::Phone => Ok(String::new()),
            Channel::Wechat
            | Channel::Wecom
            | Channel::Weibo
            | Channel::Qq
            | Channel::Whatsapp
            | Channel::Web
            | Channel::Shop
            | Channel::Telegram => {
                if 128 < realm.chars().count() || realm.chars().any(char::is_control) {
                    return Err(Malformed("must be at most 128 characters, no control characters"));
                }
                Ok(realm.to_owned())
            }
        }
    }

    /// Reads the provider's id of a person, in the one spelling its channel has for it.
    pub fn parse_external_id(channel: Channel, external_id: &str) -> Result<Text, Malformed> {
        let id = Text::parse(external_id, 256, "must be at most 256 characters")?;
        if id.is_empty() {
            return Err(Malformed("is required"));
        }
        match channel {
            Channel::Email => Email::parse(id.as_str()).map(|it| Text::from_row(it.into())),
            Channel::Phone => Phone::parse(id.as_str()).map(|it| Text::from_row(it.into())),
            Channel::Wechat
            | Channel::Wecom
            | Channel::Weibo
            | Channel::Qq
            | Channel::Whatsapp
            | Channel::Web
            | Channel::Shop
            | Channel::Telegram => Ok(id),
        }
    }
}

/// One channel identity of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its id within the contact.
    pub id: IdentityId,
    /// The contact it belongs to.
    pub contact: ContactId,
    /// How the channel names the person.
    pub key: IdentityKey,
    /// When it was linked to the contact.
    pub link_time: DateTime<Utc>,
}

impl Identity {
    /// Links a key to a contact.
    pub fn link(contact: ContactId, key: IdentityKey, now: DateTime<Utc>) -> Self {
        Self { id: IdentityId::new(now), contact, key, link_time: now }
    }

    /// Its full name.
    pub fn name(&self) -> IdentityName {
        IdentityName { contact: self.contact, identity: self.id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling_and_an_openid_is_left_alone() {
        #[track_caller]
        fn check(channel: Channel, raw: &str, expected: Option<&str>) {
            let id = IdentityKey::parse_external_id(channel, raw);
            assert_eq!(id.as_ref().map(Text::as_str).ok(), expected);
        }

        check(Channel::Email, " Ada@Example.com", Some("ada@example.com"));
        check(Channel::Wechat, "oAbC", Some("oAbC"));
        check(Channel::Wechat, " ", None);
        check(Channel::Phone, "12", None);
    }

    #[test]
    fn an_address_is_of_no_realm() {
        let realm = |channel| IdentityKey::parse_realm(channel, "here").unwrap();

        assert_eq!([Channel::Email, Channel::Phone].map(realm), ["", ""]);
        assert_eq!(realm(Channel::Shop), "here");
    }
}
