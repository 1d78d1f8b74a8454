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
    /// Makes a key, in the one spelling its channel has for an id.
    pub fn parse(channel: Channel, realm: &str, external_id: &str) -> Result<Self, Malformed> {
        let realm = Self::parse_realm(channel, realm)?;
        let external_id = Self::parse_external_id(channel, external_id)?;
        Ok(Self { channel, realm, external_id })
    }

    /// Reads a realm. Where an id is unique in the world there is none, or one person would have two keys.
    pub fn parse_realm(channel: Channel, realm: &str) -> Result<String, Malformed> {
        match channel {
            Channel::Email | Channel::Phone if !realm.is_empty() => {
                Err(Malformed("must be empty on this channel"))
            }
            Channel::Email
            | Channel::Phone
            | Channel::Wechat
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

    /// Reads the provider's id of a person.
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
        let mail = IdentityKey::parse(Channel::Email, "", " Ada@Example.com").unwrap();
        let openid = IdentityKey::parse(Channel::Wechat, "wx1", "oAbC").unwrap();

        assert_eq!(mail.external_id.as_str(), "ada@example.com");
        assert_eq!(openid.external_id.as_str(), "oAbC");
        assert!(IdentityKey::parse(Channel::Wechat, "wx1", " ").is_err());
        assert!(IdentityKey::parse(Channel::Phone, "", "12").is_err());
    }

    #[test]
    fn an_address_is_of_no_realm() {
        assert!(IdentityKey::parse(Channel::Email, "shop", "ada@example.com").is_err());
        assert!(IdentityKey::parse(Channel::Phone, "shop", "+8613800138000").is_err());
        assert!(IdentityKey::parse(Channel::Shop, "shop", "1001").is_ok());
    }
}
