//! The fields that lists can be filtered by, and the values of those that are enums.

use proto::{customer::v1 as customer, social::v1 as pb};

use crate::domain::{Channel, DeliveryState, EnvelopeState, SourceState};

/// Fields of `ListSources`.
pub(crate) const SOURCE_FIELDS: &[&str] = &["channel", "state"];
/// Fields of `ListEnvelopes`.
pub(crate) const ENVELOPE_FIELDS: &[&str] = &["state", "message_type"];
/// Fields of `ListInboundMessages`.
pub(crate) const INBOUND_MESSAGE_FIELDS: &[&str] = &["source", "thread", "intent"];
/// Fields of `ListDeliveries`.
pub(crate) const DELIVERY_FIELDS: &[&str] = &["source", "message", "state"];

/// Reads `CHANNEL_WECHAT`; a channel without an adapter here is none.
pub(crate) fn channel_named(name: &str) -> Option<Channel> {
    match customer::Channel::from_str_name(name)? {
        customer::Channel::Wechat => Some(Channel::WeChat),
        customer::Channel::Unspecified
        | customer::Channel::Wecom
        | customer::Channel::Weibo
        | customer::Channel::Qq
        | customer::Channel::Whatsapp
        | customer::Channel::Email
        | customer::Channel::Phone
        | customer::Channel::Web
        | customer::Channel::Shop
        | customer::Channel::Telegram => None,
    }
}

/// Reads `STATE_CONNECTED` and the like.
pub(crate) fn source_state_named(name: &str) -> Option<SourceState> {
    match pb::source::State::from_str_name(name)? {
        pb::source::State::Unspecified => None,
        pb::source::State::Connected => Some(SourceState::Connected),
        pb::source::State::Disconnected => Some(SourceState::Disconnected),
    }
}

/// Reads `STATE_UNDECODABLE` and the like.
pub(crate) fn envelope_state_named(name: &str) -> Option<EnvelopeState> {
    match pb::envelope::State::from_str_name(name)? {
        pb::envelope::State::Unspecified => None,
        pb::envelope::State::Stored => Some(EnvelopeState::Stored),
        pb::envelope::State::Decoded => Some(EnvelopeState::Decoded),
        pb::envelope::State::Unsupported => Some(EnvelopeState::Unsupported),
        pb::envelope::State::Undecodable => Some(EnvelopeState::Undecodable),
    }
}

/// Reads `STATE_UNKNOWN` and the like.
pub(crate) fn delivery_state_named(name: &str) -> Option<DeliveryState> {
    match pb::delivery::State::from_str_name(name)? {
        pb::delivery::State::Unspecified => None,
        pb::delivery::State::Pending => Some(DeliveryState::Pending),
        pb::delivery::State::Sending => Some(DeliveryState::Sending),
        pb::delivery::State::Sent => Some(DeliveryState::Sent),
        pb::delivery::State::Failed => Some(DeliveryState::Failed),
        pb::delivery::State::Unknown => Some(DeliveryState::Unknown),
    }
}
