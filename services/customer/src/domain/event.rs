//! What happened: facts in the past tense, each with the aggregate's state after it.

use chrono::{DateTime, Utc};

use super::{Account, Consent, Contact, Identity};

/// What happened to a contact or an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A contact was created.
    ContactCreated {
        /// The contact after it.
        contact: Contact,
    },
    /// Fields of a contact changed.
    ContactUpdated {
        /// The contact after it.
        contact: Contact,
        /// Which fields.
        changed_fields: Vec<&'static str>,
    },
    /// A contact was deleted.
    ContactDeleted {
        /// The contact after it.
        contact: Contact,
    },
    /// A contact was brought back.
    ContactUndeleted {
        /// The contact after it.
        contact: Contact,
    },
    /// An identity was linked to a contact.
    IdentityLinked {
        /// The contact after it.
        contact: Contact,
        /// The identity.
        identity: Identity,
    },
    /// An identity was taken from a contact.
    IdentityUnlinked {
        /// The contact after it.
        contact: Contact,
        /// The identity as it was.
        identity: Identity,
    },
    /// A contact agreed, or no longer agrees, to something.
    ConsentChanged {
        /// The contact after it.
        contact: Contact,
        /// The consent after it.
        consent: Consent,
    },
    /// An account was created.
    AccountCreated {
        /// The account after it.
        account: Account,
    },
    /// Fields of an account changed.
    AccountUpdated {
        /// The account after it.
        account: Account,
        /// Which fields.
        changed_fields: Vec<&'static str>,
    },
    /// An account was deleted.
    AccountDeleted {
        /// The account after it.
        account: Account,
    },
}

/// The place of an event in the life of its aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurred {
    /// Resource name of the aggregate.
    pub aggregate: String,
    /// Its version after the event.
    pub version: u64,
    /// When it happened.
    pub time: DateTime<Utc>,
}

impl Event {
    /// Returns whose event it is and which one.
    pub fn occurred(&self) -> Occurred {
        match self {
            Self::ContactCreated { contact }
            | Self::ContactUpdated { contact, .. }
            | Self::ContactDeleted { contact }
            | Self::ContactUndeleted { contact }
            | Self::IdentityLinked { contact, .. }
            | Self::IdentityUnlinked { contact, .. }
            | Self::ConsentChanged { contact, .. } => Occurred {
                aggregate: contact.id.to_string(),
                version: contact.version,
                time: contact.update_time,
            },
            Self::AccountCreated { account }
            | Self::AccountUpdated { account, .. }
            | Self::AccountDeleted { account } => Occurred {
                aggregate: account.id.to_string(),
                version: account.version,
                time: account.update_time,
            },
        }
    }
}
