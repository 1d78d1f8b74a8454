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
    /// WhatsApp Cloud.
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
        if 128 < realm.len() || realm.chars().any(char::is_control) {
            return Err(Malformed("must have a realm of at most 128 characters"));
        }
        let external_id =
            Text::parse(external_id, 256, "must have an id of at most 256 characters")?;
        if external_id.is_empty() {
            return Err(Malformed("must have an external id"));
        }
        let external_id = match channel {
            Channel::Email => {
                Text::from_row(Email::parse(external_id.as_str())?.as_str().to_owned())
            }
            Channel::Phone => {
                Text::from_row(Phone::parse(external_id.as_str())?.as_str().to_owned())
            }
            Channel::Wechat
            | Channel::Wecom
            | Channel::Weibo
            | Channel::Qq
            | Channel::Whatsapp
            | Channel::Web
            | Channel::Shop
            | Channel::Telegram => external_id,
        };
        Ok(Self { channel, realm: realm.to_owned(), external_id })
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
}
