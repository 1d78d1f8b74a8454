//! The contact: created, changed, deleted and brought back, each with the event that says so.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AccountId, ContactId, Email, Event, LanguageCode, Phone, Tags, Text};

/// What a caller may say of a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The name people call the contact by; may be empty.
    pub display_name: Text,
    /// E-mail address; unique among the tenant's live contacts.
    pub email: Option<Email>,
    /// Telephone number.
    pub phone: Option<Phone>,
    /// Preferred language.
    pub language_code: LanguageCode,
    /// The company the contact belongs to.
    pub account: Option<AccountId>,
    /// Free labels.
    pub tags: Tags,
}

/// What a caller wants to change of a profile; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// Another name.
    pub display_name: Option<Text>,
    /// Another address, or none from now on.
    pub email: Option<Option<Email>>,
    /// Another number, or none from now on.
    pub phone: Option<Option<Phone>>,
    /// Another language.
    pub language_code: Option<LanguageCode>,
    /// Another company, or none from now on.
    pub account: Option<Option<AccountId>>,
    /// Other labels, instead of all present ones.
    pub tags: Option<Tags>,
}

impl Profile {
    /// The profile with the fields of `change` in it.
    #[must_use]
    pub fn with(self, change: ProfileChange) -> Self {
        Self {
            display_name: change.display_name.unwrap_or(self.display_name),
            email: change.email.unwrap_or(self.email),
            phone: change.phone.unwrap_or(self.phone),
            language_code: change.language_code.unwrap_or(self.language_code),
            account: change.account.unwrap_or(self.account),
            tags: change.tags.unwrap_or(self.tags),
        }
    }
}

/// A person a tenant does business with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its name.
    pub id: ContactId,
    /// What callers said of it.
    pub profile: Profile,
    /// Counts its events, from 1.
    pub version: u64,
    /// When it was created.
    pub create_time: DateTime<Utc>,
    /// When it last changed.
    pub update_time: DateTime<Utc>,
    /// When it was deleted; `None` for a live one.
    pub delete_time: Option<DateTime<Utc>>,
}

/// What a list of contacts is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct ContactFilter {
    /// Members of this account.
    pub account: Option<AccountId>,
    /// With this language.
    pub language_code: Option<String>,
    /// With all of these labels.
    pub tags: Vec<String>,
    /// With this address.
    pub email: Option<String>,
    /// Deleted ones too.
    pub show_deleted: bool,
}

/// The contact after a decision, and what happened.
type Change = (Contact, Event);

impl Contact {
    /// Creates a contact.
    pub fn create(profile: Profile, now: DateTime<Utc>) -> Change {
        let contact = Self {
            id: ContactId::new(now),
            profile,
            version: 1,
            create_time: now,
            update_time: now,
            delete_time: None,
        };
        (contact.clone(), Event::ContactCreated { contact })
    }

    /// Changes the profile; `None` if that changes nothing.
    pub fn update(self, change: ProfileChange, now: DateTime<Utc>) -> Option<Change> {
        let profile = self.profile.clone().with(change);
        let changed_fields = changed(&self.profile, &profile);
        if changed_fields.is_empty() {
            return None;
        }
        let contact = Self { profile, ..self.next(now) };
        Some((contact.clone(), Event::ContactUpdated { contact, changed_fields }))
    }

    /// Deletes the contact; `None` if it is deleted already.
    pub fn delete(self, now: DateTime<Utc>) -> Option<Change> {
        if self.delete_time.is_some() {
            return None;
        }
        let contact = Self { delete_time: Some(now), ..self.next(now) };
        Some((contact.clone(), Event::ContactDeleted { contact }))
    }

    /// Brings a deleted contact back; `None` if it is not deleted.
    pub fn undelete(self, now: DateTime<Utc>) -> Option<Change> {
        self.delete_time?;
        let contact = Self { delete_time: None, ..self.next(now) };
        Some((contact.clone(), Event::ContactUndeleted { contact }))
    }

    /// The contact after one more event, otherwise unchanged: what belongs to it was.
    pub fn next(self, now: DateTime<Utc>) -> Self {
        Self { version: self.version + 1, update_time: now, ..self }
    }
}

fn changed(before: &Profile, after: &Profile) -> Vec<&'static str> {
    let Profile { display_name, email, phone, language_code, account, tags } = before;
    let fields = [
        ("display_name", *display_name != after.display_name),
        ("email", *email != after.email),
        ("phone", *phone != after.phone),
        ("language_code", *language_code != after.language_code),
        ("account", *account != after.account),
        ("tags", *tags != after.tags),
    ];
    fields.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(email: &str) -> Profile {
        Profile::default().with(another(email))
    }

    fn another(email: &str) -> ProfileChange {
        ProfileChange { email: Some(Email::parse(email).ok()), ..ProfileChange::default() }
    }

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    #[test]
    fn every_change_counts_and_says_what_changed() {
        let (contact, _) = Contact::create(profile("ada@example.com"), NOW);

        let (contact, event) = contact.update(another("ada@example.org"), NOW).unwrap();

        assert_eq!(contact.version, 2);
        let Event::ContactUpdated { changed_fields, .. } = event else { panic!("{event:?}") };
        assert_eq!(changed_fields, ["email"]);
        assert_eq!(contact.update(another("ada@example.org"), NOW), None);
    }

    #[test]
    fn a_contact_is_deleted_once_and_brought_back_once() {
        let (contact, _) = Contact::create(profile("ada@example.com"), NOW);
        assert_eq!(contact.clone().undelete(NOW), None);

        let (deleted, _) = contact.delete(NOW).unwrap();
        assert_eq!(deleted.clone().delete(NOW), None);
        let (live, _) = deleted.undelete(NOW).unwrap();

        assert_eq!((live.version, live.delete_time), (3, None));
    }
}
