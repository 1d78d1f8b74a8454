//! Contract ⇄ domain, nowhere else.

mod delivery;
mod envelope;
mod filters;
mod inbound_message;
mod queued;
mod source;

use chassis::malformed::Malformed;
use chrono::{DateTime, Utc};
use proto::customer::v1 as customer;

pub(crate) use delivery::{delivery, resolution};
pub(crate) use envelope::{envelope, envelope_with_body};
pub(crate) use filters::{
    DELIVERY_FIELDS, ENVELOPE_FIELDS, INBOUND_MESSAGE_FIELDS, SOURCE_FIELDS, channel_named,
    delivery_state_named, envelope_state_named, source_state_named,
};
pub(crate) use inbound_message::{analysis, analyzed, inbound_message, message_kind};
pub(crate) use queued::{Queued, queued};
pub(crate) use source::{
    SOURCE_MASK, change, credentials_of_connect, credentials_of_rotate, health, new_source, source,
};

use crate::domain::Channel;

/// A time as the contract has it.
pub(crate) fn timestamp(time: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.timestamp(),
        // A leap second counts on beyond a billion; the contract has no room for it.
        nanos: i32::try_from(time.timestamp_subsec_nanos().min(999_999_999)).unwrap_or(0),
    }
}

/// A time that may be unset.
fn optional(time: Option<DateTime<Utc>>) -> Option<prost_types::Timestamp> {
    time.map(timestamp)
}

/// Reads a time of another service's event.
pub(crate) fn time(timestamp: Option<prost_types::Timestamp>) -> Result<DateTime<Utc>, Malformed> {
    timestamp
        .and_then(|it| DateTime::from_timestamp(it.seconds, u32::try_from(it.nanos).ok()?))
        .ok_or(Malformed("must be a time"))
}

/// A channel as the contract has it.
pub(crate) fn channel(channel: Channel) -> customer::Channel {
    match channel {
        Channel::WeChat => customer::Channel::Wechat,
    }
}

/// Writes the name of an inbound message that may be absent.
fn optional_name(name: Option<impl ToString>) -> String {
    name.map(|it| it.to_string()).unwrap_or_default()
}
