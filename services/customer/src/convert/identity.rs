//! Channel identities between proto and domain.

use chassis::malformed::Malformed;
use proto::customer::v1 as pb;

use super::{Fields, time};
use crate::domain::{Channel, Identity, IdentityKey, Text};

/// Reads an identity key.
pub fn identity_key(fields: &mut Fields, key: Option<pb::IdentityKey>) -> Option<IdentityKey> {
    let key = key.unwrap_or_default();
    let channel = fields.take("key.channel", channel(key.channel))?;
    let realm = fields.take("key.realm", IdentityKey::parse_realm(channel, &key.realm));
    let external_id = IdentityKey::parse_external_id(channel, &key.external_id);
    let external_id = fields.take("key.external_id", external_id);
    Some(IdentityKey { channel, realm: realm?, external_id: external_id? })
}

/// Reads the name people call a contact by.
pub fn display_name(raw: &str) -> Result<Text, Malformed> {
    Text::parse(raw, 200, "must be at most 200 characters")
}

/// Writes an identity.
pub fn identity_to_pb(identity: Identity) -> pb::Identity {
    pb::Identity {
        name: identity.name().to_string(),
        contact: identity.contact.to_string(),
        key: Some(pb::IdentityKey {
            channel: channel_to_pb(identity.key.channel).into(),
            realm: identity.key.realm,
            external_id: identity.key.external_id.as_str().to_owned(),
        }),
        link_time: Some(time(identity.link_time)),
    }
}

fn channel(channel: i32) -> Result<Channel, Malformed> {
    match pb::Channel::try_from(channel).unwrap_or_default() {
        pb::Channel::Wechat => Ok(Channel::Wechat),
        pb::Channel::Wecom => Ok(Channel::Wecom),
        pb::Channel::Weibo => Ok(Channel::Weibo),
        pb::Channel::Qq => Ok(Channel::Qq),
        pb::Channel::Whatsapp => Ok(Channel::Whatsapp),
        pb::Channel::Email => Ok(Channel::Email),
        pb::Channel::Phone => Ok(Channel::Phone),
        pb::Channel::Web => Ok(Channel::Web),
        pb::Channel::Shop => Ok(Channel::Shop),
        pb::Channel::Telegram => Ok(Channel::Telegram),
        pb::Channel::Unspecified => Err(Malformed("is not a channel")),
    }
}

/// Writes a channel.
pub fn channel_to_pb(channel: Channel) -> pb::Channel {
    match channel {
        Channel::Wechat => pb::Channel::Wechat,
        Channel::Wecom => pb::Channel::Wecom,
        Channel::Weibo => pb::Channel::Weibo,
        Channel::Qq => pb::Channel::Qq,
        Channel::Whatsapp => pb::Channel::Whatsapp,
        Channel::Email => pb::Channel::Email,
        Channel::Phone => pb::Channel::Phone,
        Channel::Web => pb::Channel::Web,
        Channel::Shop => pb::Channel::Shop,
        Channel::Telegram => pb::Channel::Telegram,
    }
}
