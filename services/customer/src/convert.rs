//! Proto ⇄ domain, nowhere else.

mod account;
mod contact;
mod fields;
mod identity;

use std::fmt::Display;

use chassis::malformed::Malformed;
use chrono::{DateTime, Utc};
use prost_types::Timestamp;

pub use account::{account_change, account_profile, account_to_pb};
pub use contact::{
    consent_to_pb, contact_to_pb, evidence, profile, profile_change, purpose, purpose_to_pb,
};
pub use fields::Fields;
pub use identity::{channel_to_pb, display_name, identity_key, identity_to_pb};

/// Writes a reference that may be absent.
pub fn name(id: Option<impl Display>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// Writes a time.
pub fn time(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default();
    Timestamp { seconds: time.timestamp(), nanos }
}

/// Reads a text that may be empty for none.
fn optional<T>(
    raw: &str,
    parse: impl FnOnce(&str) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    if raw.is_empty() { Ok(None) } else { parse(raw).map(Some) }
}
