//! Proto ⇄ domain, nowhere else; how single fields are read and written.

mod order;
mod product;

use std::{borrow::Cow, fmt::Display};

use chassis::malformed::Malformed;
use chrono::{DateTime, SubsecRound, Utc};
use prost_types::Timestamp;
use proto::{customer::v1 as customer, sales::v1 as pb};

pub use order::{
    note, order_draft, order_to_pb, payment_reference, reason, shipment, state, state_to_pb,
};
pub use product::{product_changes, product_draft, product_to_pb};

use crate::{
    domain::{Channel, ContactId, IdentityKey, Money, OrderId, ProductId, Text},
    error::{Error, Result},
};

/// Names the field that a malformed value came from.
pub fn field<T>(
    field: impl Into<Cow<'static, str>>,
    value: std::result::Result<T, Malformed>,
) -> Result<T> {
    value.map_err(|problem| Error::invalid(field, problem))
}

/// Reads the order of a request.
pub fn order_id(name: &str, in_field: &'static str) -> Result<OrderId> {
    field(in_field, OrderId::parse(name))
}

/// Reads the product of a request.
pub fn product_id(name: &str, in_field: &'static str) -> Result<ProductId> {
    field(in_field, ProductId::parse(name))
}

/// Reads the contact of a request.
pub fn contact_id(name: &str, in_field: &'static str) -> Result<ContactId> {
    field(in_field, ContactId::parse(name))
}

/// Reads an amount that is not negative.
pub fn price(money: Option<&pb::Money>, in_field: impl Into<Cow<'static, str>>) -> Result<Money> {
    let price = match money {
        None => Err(Malformed("is required")),
        Some(money) => Money::price(&money.currency_code, money.minor_units),
    };
    field(in_field, price)
}

/// Writes an amount.
pub fn money_to_pb(money: &Money) -> pb::Money {
    pb::Money { currency_code: money.currency.as_str().to_owned(), minor_units: money.minor_units }
}

/// Reads the key of an identity.
pub fn identity_key(key: &customer::IdentityKey, in_field: &'static str) -> Result<IdentityKey> {
    let parsed = channel(key.channel)
        .and_then(|channel| IdentityKey::parse(channel, &key.realm, &key.external_id));
    field(in_field, parsed)
}

/// Writes the key of an identity.
pub fn identity_key_to_pb(key: &IdentityKey) -> customer::IdentityKey {
    customer::IdentityKey {
        channel: channel_to_pb(key.channel).into(),
        realm: key.realm.clone(),
        external_id: key.external_id.as_str().to_owned(),
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

/// Reads a time since the year 1, in whole microseconds as the database keeps them.
fn time_from_pb(timestamp: &Timestamp) -> std::result::Result<DateTime<Utc>, Malformed> {
    /// 0001-01-01T00:00:00Z, where the range of a timestamp begins.
    const FIRST: i64 = -62_135_596_800;
    u32::try_from(timestamp.nanos)
        .ok()
        .filter(|nanos| FIRST <= timestamp.seconds && *nanos < 1_000_000_000)
        .and_then(|nanos| DateTime::from_timestamp(timestamp.seconds, nanos))
        .map(|time| time.trunc_subsecs(6))
        .ok_or(Malformed("must be a time"))
}

/// Reads a text that may be empty.
fn text(
    in_field: impl Into<Cow<'static, str>>,
    raw: &str,
    max: usize,
    too_long: &'static str,
) -> Result<Text> {
    field(in_field, Text::parse(raw, max, too_long))
}

fn optional<T>(
    raw: &str,
    parse: impl FnOnce(&str) -> std::result::Result<T, Malformed>,
) -> std::result::Result<Option<T>, Malformed> {
    if raw.is_empty() { Ok(None) } else { parse(raw).map(Some) }
}

fn channel(channel: i32) -> std::result::Result<Channel, Malformed> {
    match customer::Channel::try_from(channel).unwrap_or_default() {
        customer::Channel::Wechat => Ok(Channel::Wechat),
        customer::Channel::Wecom => Ok(Channel::Wecom),
        customer::Channel::Weibo => Ok(Channel::Weibo),
        customer::Channel::Qq => Ok(Channel::Qq),
        customer::Channel::Whatsapp => Ok(Channel::Whatsapp),
        customer::Channel::Email => Ok(Channel::Email),
        customer::Channel::Phone => Ok(Channel::Phone),
        customer::Channel::Web => Ok(Channel::Web),
        customer::Channel::Shop => Ok(Channel::Shop),
        customer::Channel::Telegram => Ok(Channel::Telegram),
        customer::Channel::Unspecified => Err(Malformed("must have a channel")),
    }
}

fn channel_to_pb(channel: Channel) -> customer::Channel {
    match channel {
        Channel::Wechat => customer::Channel::Wechat,
        Channel::Wecom => customer::Channel::Wecom,
        Channel::Weibo => customer::Channel::Weibo,
        Channel::Qq => customer::Channel::Qq,
        Channel::Whatsapp => customer::Channel::Whatsapp,
        Channel::Email => customer::Channel::Email,
        Channel::Phone => customer::Channel::Phone,
        Channel::Web => customer::Channel::Web,
        Channel::Shop => customer::Channel::Shop,
        Channel::Telegram => customer::Channel::Telegram,
    }
}
