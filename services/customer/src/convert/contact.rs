//! Contacts and consents between proto and domain.

use chassis::{etag, malformed::Malformed};
use proto::customer::v1 as pb;

use super::{Fields, identity::display_name, name, optional, time};
use crate::domain::{
    AccountId, Consent, ConsentState, Contact, Email, LanguageCode, Phone, Profile, ProfileChange,
    Purpose, Tags, Text,
};

/// Reads everything a caller says of a new contact.
pub fn profile(fields: &mut Fields, contact: &pb::Contact) -> Profile {
    Profile::default().with(profile_change(fields, contact, |_| true))
}

/// Reads the fields that are to change; the others are not even looked at.
pub fn profile_change(
    fields: &mut Fields,
    contact: &pb::Contact,
    is_asked: impl Fn(&str) -> bool,
) -> ProfileChange {
    let mut change = ProfileChange::default();
    if is_asked("display_name") {
        change.display_name =
            fields.take("contact.display_name", display_name(&contact.display_name));
    }
    if is_asked("email") {
        change.email = fields.take("contact.email", optional(&contact.email, Email::parse));
    }
    if is_asked("phone") {
        change.phone = fields.take("contact.phone", optional(&contact.phone, Phone::parse));
    }
    if is_asked("language_code") {
        let language_code = LanguageCode::parse(&contact.language_code);
        change.language_code = fields.take("contact.language_code", language_code);
    }
    if is_asked("account") {
        change.account =
            fields.take("contact.account", optional(&contact.account, AccountId::parse));
    }
    if is_asked("tags") {
        change.tags = fields.take("contact.tags", Tags::parse(&contact.tags));
    }
    change
}

/// Reads a purpose of consent.
pub fn purpose(purpose: i32) -> Result<Purpose, Malformed> {
    match pb::ConsentPurpose::try_from(purpose).unwrap_or_default() {
        pb::ConsentPurpose::OrderUpdates => Ok(Purpose::OrderUpdates),
        pb::ConsentPurpose::Marketing => Ok(Purpose::Marketing),
        pb::ConsentPurpose::Unspecified => Err(Malformed("is not a purpose")),
    }
}

/// Reads the evidence of a consent.
pub fn evidence(evidence: &str) -> Result<Text, Malformed> {
    Text::parse(evidence, 500, "must be at most 500 characters")
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

/// Writes a consent.
pub fn consent_to_pb(consent: Consent) -> pb::Consent {
    let state = match consent.state {
        ConsentState::Granted => pb::consent::State::Granted,
        ConsentState::Withdrawn => pb::consent::State::Withdrawn,
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
