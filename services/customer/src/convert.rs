//! Proto ⇄ domain, nowhere else.

use std::fmt::Display;

use chassis::{etag, malformed::Malformed, mask::Mask};
use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use proto::customer::v1 as pb;

use crate::{
    domain::{
        Account, AccountId, AccountProfile, Channel, Consent, Contact, ContactId, Domain, Email,
        Identity, IdentityKey, LanguageCode, Phone, Profile, Purpose, Tags, Text,
    },
    error::{Error, Result},
};

/// Names the field that a malformed value came from.
pub fn field<T>(field: &'static str, value: std::result::Result<T, Malformed>) -> Result<T> {
    value.map_err(|problem| Error::InvalidField { field, problem })
}

/// Reads the fields of a contact that a caller decides.
pub fn profile(contact: &pb::Contact) -> Result<Profile> {
    let text = |raw| Text::parse(raw, 200, "must be at most 200 characters");
    Ok(Profile {
        display_name: field("contact.display_name", text(&contact.display_name))?,
        email: field("contact.email", optional(&contact.email, Email::parse))?,
        phone: field("contact.phone", optional(&contact.phone, Phone::parse))?,
        language_code: field("contact.language_code", LanguageCode::parse(&contact.language_code))?,
        account: field("contact.account", optional(&contact.account, AccountId::parse))?,
        tags: field("contact.tags", Tags::parse(&contact.tags))?,
    })
}

/// Reads the fields of an account that a caller decides.
pub fn account_profile(account: &pb::Account) -> Result<AccountProfile> {
    let display_name = Text::parse(&account.display_name, 200, "must be at most 200 characters")
        .and_then(|name| if name.is_empty() { Err(Malformed("is required")) } else { Ok(name) });
    let industry = Text::parse(&account.industry, 100, "must be at most 100 characters");
    Ok(AccountProfile {
        display_name: field("account.display_name", display_name)?,
        domain: field("account.domain", optional(&account.domain, Domain::parse))?,
        industry: field("account.industry", industry)?,
    })
}

/// Reads an account's changes: a name that is not to be changed need not be given.
pub fn account_changes(account: &pb::Account, mask: &Mask) -> Result<AccountProfile> {
    let mut account = account.clone();
    if !mask.has("display_name") {
        account.display_name = "unchanged".to_owned();
    }
    account_profile(&account)
}

/// Reads an identity key.
pub fn identity_key(key: Option<pb::IdentityKey>) -> Result<IdentityKey> {
    let key = key.unwrap_or_default();
    let channel = field("key.channel", channel(key.channel))?;
    field("key", IdentityKey::parse(channel, &key.realm, &key.external_id))
}

/// Reads a purpose of consent.
pub fn purpose(purpose: i32) -> Result<Purpose> {
    let known = pb::ConsentPurpose::try_from(purpose).unwrap_or_default();
    match known {
        pb::ConsentPurpose::OrderUpdates => Ok(Purpose::OrderUpdates),
        pb::ConsentPurpose::Marketing => Ok(Purpose::Marketing),
        pb::ConsentPurpose::Unspecified => {
            Err(Error::InvalidField { field: "purpose", problem: Malformed("is not a purpose") })
        }
    }
}

/// Reads the evidence of a consent.
pub fn evidence(evidence: &str) -> Result<Text> {
    field("evidence", Text::parse(evidence, 500, "must be at most 500 characters"))
}

/// Reads the contact of a request.
pub fn contact_id(name: &str, in_field: &'static str) -> Result<ContactId> {
    field(in_field, ContactId::parse(name))
}

/// Writes a contact.
pub fn contact_to_pb(contact: Contact) -> pb::Contact {
    let Profile { display_name, email, phone, language_code, account, tags } = contact.profile;
    pb::Contact {
        name: contact.id.to_string(),
        display_name: display_name.as_str().to_owned(),
        email: email.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        phone: phone.map(|it| it.as_str().to_owned()).unwrap_or_default(),
        language_code: language_code.0,
        account: name(account),
        tags: tags.0,
        create_time: Some(time(contact.create_time)),
        update_time: Some(time(contact.update_time)),
        delete_time: contact.delete_time.map(time),
        etag: etag::of(contact.version),
    }
}

/// Writes an account.
pub fn account_to_pb(account: Account) -> pb::Account {
    pb::Account {
        name: account.id.to_string(),
        display_name: account.profile.display_name.as_str().to_owned(),
        domain: account.profile.domain.map(|domain| domain.0).unwrap_or_default(),
        industry: account.profile.industry.as_str().to_owned(),
        create_time: Some(time(account.create_time)),
        update_time: Some(time(account.update_time)),
        delete_time: account.delete_time.map(time),
        etag: etag::of(account.version),
    }
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

/// Writes a consent.
pub fn consent_to_pb(consent: Consent) -> pb::Consent {
    let state = match consent.is_granted {
        true => pb::consent::State::Granted,
        false => pb::consent::State::Withdrawn,
    };
    pb::Consent {
        contact: consent.contact.to_string(),
        purpose: purpose_to_pb(consent.purpose).into(),
        state: state.into(),
        evidence: consent.evidence.as_str().to_owned(),
        update_time: Some(time(consent.update_time)),
    }
}

/// Writes a purpose of consent.
pub fn purpose_to_pb(purpose: Purpose) -> pb::ConsentPurpose {
    match purpose {
        Purpose::OrderUpdates => pb::ConsentPurpose::OrderUpdates,
        Purpose::Marketing => pb::ConsentPurpose::Marketing,
    }
}

fn channel(channel: i32) -> std::result::Result<Channel, Malformed> {
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

/// Writes a reference that may be absent.
pub fn name(id: Option<impl Display>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// Writes a time.
pub fn time(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default();
    Timestamp { seconds: time.timestamp(), nanos }
}

fn optional<T>(
    raw: &str,
    parse: impl FnOnce(&str) -> std::result::Result<T, Malformed>,
) -> std::result::Result<Option<T>, Malformed> {
    if raw.is_empty() { Ok(None) } else { parse(raw).map(Some) }
}
