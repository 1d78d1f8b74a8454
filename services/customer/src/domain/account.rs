//! The account: a company that contacts belong to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AccountId, Domain, Event, Text};

/// What a caller may say of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountProfile {
    /// The company's name.
    pub display_name: Text,
    /// Internet domain; unique among the tenant's live accounts.
    pub domain: Option<Domain>,
    /// Line of business; may be empty.
    pub industry: Text,
}

/// What a caller wants to change of a profile; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Another name.
    pub display_name: Option<Text>,
    /// Another domain, or none from now on.
    pub domain: Option<Option<Domain>>,
    /// Another line of business.
    pub industry: Option<Text>,
}

impl AccountProfile {
    /// The profile with the fields of `change` in it.
    #[must_use]
    pub fn with(self, change: AccountChange) -> Self {
        Self {
            display_name: change.display_name.unwrap_or(self.display_name),
            domain: change.domain.unwrap_or(self.domain),
            industry: change.industry.unwrap_or(self.industry),
        }
    }
}

/// A company that contacts belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name.
    pub id: AccountId,
    /// What callers said of it.
    pub profile: AccountProfile,
    /// Counts its events, from 1.
    pub version: u64,
    /// When it was created.
    pub create_time: DateTime<Utc>,
    /// When it last changed.
    pub update_time: DateTime<Utc>,
    /// When it was deleted; `None` for a live one.
    pub delete_time: Option<DateTime<Utc>>,
}

/// What a list of accounts is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// With this domain.
    pub domain: Option<String>,
    /// In this line of business.
    pub industry: Option<String>,
}

impl Account {
    /// Creates an account.
    pub fn create(profile: AccountProfile, now: DateTime<Utc>) -> (Self, Event) {
        let account = Self {
            id: AccountId::new(now),
            profile,
            version: 1,
            create_time: now,
            update_time: now,
            delete_time: None,
        };
        (account.clone(), Event::AccountCreated { account })
    }

    /// Changes the profile; `None` if that changes nothing.
    pub fn update(self, change: AccountChange, now: DateTime<Utc>) -> Option<(Self, Event)> {
        let profile = self.profile.clone().with(change);
        let fields = [
            ("display_name", self.profile.display_name != profile.display_name),
            ("domain", self.profile.domain != profile.domain),
            ("industry", self.profile.industry != profile.industry),
        ];
        let changed_fields: Vec<_> =
            fields.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| field).collect();
        if changed_fields.is_empty() {
            return None;
        }
        let account = Self { profile, ..self.next(now) };
        Some((account.clone(), Event::AccountUpdated { account, changed_fields }))
    }

    /// Deletes the account; `None` if it is deleted already.
    pub fn delete(self, now: DateTime<Utc>) -> Option<(Self, Event)> {
        if self.delete_time.is_some() {
            return None;
        }
        let account = Self { delete_time: Some(now), ..self.next(now) };
        Some((account.clone(), Event::AccountDeleted { account }))
    }

    fn next(self, now: DateTime<Utc>) -> Self {
        Self { version: self.version + 1, update_time: now, ..self }
    }
}
