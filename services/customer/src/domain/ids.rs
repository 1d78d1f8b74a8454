//! Ids and resource names: `contacts/…`, `accounts/…`, `contacts/…/identities/…`.

use std::fmt;

use chassis::{malformed::Malformed, resource, resource_id};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

resource_id!(
    /// Names a contact.
    ContactId,
    "contacts"
);
resource_id!(
    /// Names an account.
    AccountId,
    "accounts"
);

/// Names an identity within its contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdentityId(Uuid);

impl IdentityId {
    /// Makes an id that sorts by `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self(resource::new_id(now))
    }

    /// Takes an id from the database.
    pub const fn from_uuid(id: Uuid) -> Self {
        Self(id)
    }

    /// The id as a column holds it.
    pub const fn as_uuid(&self) -> Uuid {
        self.0
    }
}

/// The full name of an identity, `contacts/{contact}/identities/{identity}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityName {
    /// The contact it is under.
    pub contact: ContactId,
    /// The identity itself.
    pub identity: IdentityId,
}

impl IdentityName {
    /// Reads a resource name.
    pub fn parse(name: &str) -> Result<Self, Malformed> {
        const SHAPE: Malformed = Malformed("must look like `contacts/{uuid}/identities/{uuid}`");
        let (contact, identity) = name.split_once("/identities/").ok_or(SHAPE)?;
        let contact = ContactId::parse(contact).map_err(|_| SHAPE)?;
        let identity = resource::parse_id(identity).ok_or(SHAPE)?;
        Ok(Self { contact, identity: IdentityId(identity) })
    }
}

impl fmt::Display for IdentityName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/identities/{}", self.contact, self.identity.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_named_under_its_contact() {
        let name = IdentityName {
            contact: ContactId::new(DateTime::UNIX_EPOCH),
            identity: IdentityId::new(DateTime::UNIX_EPOCH),
        };

        assert_eq!(IdentityName::parse(&name.to_string()), Ok(name));
        assert!(IdentityName::parse("contacts/1/identities/2").is_err());
    }
}
