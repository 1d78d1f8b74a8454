//! Pure decisions about contacts, identities, consents and accounts: no database, no network, no clock.

mod account;
mod consent;
mod contact;
mod event;
mod identity;
mod ids;
mod values;

pub use account::{Account, AccountChange, AccountFilter, AccountProfile};
pub use consent::{Consent, ConsentState, Purpose};
pub use contact::{Contact, ContactFilter, Profile, ProfileChange};
pub use event::{Event, Occurred};
pub use identity::{Channel, Identity, IdentityKey};
pub use ids::{AccountId, ContactId, IdentityId, IdentityName};
pub use values::{Domain, Email, LanguageCode, Phone, Tags, Text};
