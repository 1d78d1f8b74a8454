//! Between protos and domain values: what comes in is parsed, what goes out is spelled.

mod fields;

pub mod conversation;
pub mod inbox;
pub mod message;
pub mod order;
pub mod rule;

use std::fmt::Display;

use chassis::malformed::Malformed;
use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use proto::{customer::v1 as customer, messaging::v1 as pb, social::v1 as social};

use crate::domain::{
    Agent, Analysis, Channel, Sentiment, Status,
    message::{Author, Direction, State},
};

pub use fields::Fields;

/// Longest label of an analysis; what is longer is none of ours.
const MAX_LABEL_CHARS: usize = 64;

/// The resource name of something that may be missing; empty if it is.
pub fn name<T: Display>(id: Option<T>) -> String {
    id.map_or_else(String::new, |id| id.to_string())
}

/// Reads a resource name that may be left out.
pub fn optional<T>(
    name: &str,
    parse: fn(&str) -> Result<T, Malformed>,
) -> Result<Option<T>, Malformed> {
    if name.is_empty() { Ok(None) } else { parse(name).map(Some) }
}

/// The subject of an agent; empty for none.
pub fn subject(agent: Option<&Agent>) -> String {
    agent.map_or_else(String::new, |agent| agent.as_str().to_owned())
}

/// A counter on the wire.
pub fn count(counter: u64) -> i64 {
    i64::try_from(counter).unwrap_or(i64::MAX)
}

/// A time on the wire.
pub fn timestamp(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0);
    Timestamp { seconds: time.timestamp(), nanos }
}

/// Reads a time, in whole microseconds as it will be stored.
pub fn time(timestamp: &Timestamp) -> Result<DateTime<Utc>, Malformed> {
    const MALFORMED: Malformed = Malformed("must be a time between the years 1 and 9999");
    let nanos = u32::try_from(timestamp.nanos).map_err(|_| MALFORMED)?;
    let years = -62_135_596_800..=253_402_300_799;
    if !years.contains(&timestamp.seconds) {
        return Err(MALFORMED);
    }
    DateTime::from_timestamp(timestamp.seconds, nanos / 1_000 * 1_000).ok_or(MALFORMED)
}

/// Spells a channel.
pub const fn channel_to_proto(channel: Channel) -> customer::Channel {
    match channel {
        Channel::WeChat => customer::Channel::Wechat,
        Channel::WeCom => customer::Channel::Wecom,
        Channel::Weibo => customer::Channel::Weibo,
        Channel::Qq => customer::Channel::Qq,
        Channel::WhatsApp => customer::Channel::Whatsapp,
        Channel::Email => customer::Channel::Email,
        Channel::Phone => customer::Channel::Phone,
        Channel::Web => customer::Channel::Web,
        Channel::Shop => customer::Channel::Shop,
        Channel::Telegram => customer::Channel::Telegram,
    }
}

/// Reads a channel; `None` if it is not said.
pub fn channel(channel: i32) -> Result<Option<Channel>, Malformed> {
    let Ok(channel) = customer::Channel::try_from(channel) else {
        return Err(Malformed("must be a known channel"));
    };
    Ok(channel_of(channel))
}

/// Reads a channel by the name of its value.
pub fn channel_by_name(name: &str) -> Option<Channel> {
    customer::Channel::from_str_name(name).and_then(channel_of)
}

const fn channel_of(channel: customer::Channel) -> Option<Channel> {
    Some(match channel {
        customer::Channel::Unspecified => return None,
        customer::Channel::Wechat => Channel::WeChat,
        customer::Channel::Wecom => Channel::WeCom,
        customer::Channel::Weibo => Channel::Weibo,
        customer::Channel::Qq => Channel::Qq,
        customer::Channel::Whatsapp => Channel::WhatsApp,
        customer::Channel::Email => Channel::Email,
        customer::Channel::Phone => Channel::Phone,
        customer::Channel::Web => Channel::Web,
        customer::Channel::Shop => Channel::Shop,
        customer::Channel::Telegram => Channel::Telegram,
    })
}

/// Spells a status.
pub const fn status_to_proto(status: Status) -> pb::conversation::Status {
    match status {
        Status::Open => pb::conversation::Status::Open,
        Status::Pending => pb::conversation::Status::Pending,
        Status::Snoozed => pb::conversation::Status::Snoozed,
        Status::Resolved => pb::conversation::Status::Resolved,
    }
}

/// Reads a status; `None` if it is not said.
pub const fn status_of(status: pb::conversation::Status) -> Option<Status> {
    match status {
        pb::conversation::Status::Unspecified => None,
        pb::conversation::Status::Open => Some(Status::Open),
        pb::conversation::Status::Pending => Some(Status::Pending),
        pb::conversation::Status::Snoozed => Some(Status::Snoozed),
        pb::conversation::Status::Resolved => Some(Status::Resolved),
    }
}

/// Spells who wrote a message.
pub const fn author_to_proto(author: Author) -> pb::message::Author {
    match author {
        Author::Contact => pb::message::Author::Contact,
        Author::Agent => pb::message::Author::Agent,
        Author::Rule => pb::message::Author::Rule,
        Author::Order => pb::message::Author::Order,
    }
}

/// Spells who a message goes to.
pub const fn direction_to_proto(direction: Direction) -> pb::message::Direction {
    match direction {
        Direction::Incoming => pb::message::Direction::Incoming,
        Direction::Outgoing => pb::message::Direction::Outgoing,
        Direction::Note => pb::message::Direction::Note,
    }
}

/// Spells what became of a message.
pub const fn state_to_proto(state: State) -> pb::message::State {
    match state {
        State::Received => pb::message::State::Received,
        State::Queued => pb::message::State::Queued,
        State::Sent => pb::message::State::Sent,
        State::Failed => pb::message::State::Failed,
        State::Unknown => pb::message::State::Unknown,
    }
}

/// Spells an analysis.
pub fn analysis_to_proto(analysis: &Analysis) -> social::Analysis {
    let sentiment = match analysis.sentiment {
        None => social::Sentiment::Unspecified,
        Some(Sentiment::Positive) => social::Sentiment::Positive,
        Some(Sentiment::Neutral) => social::Sentiment::Neutral,
        Some(Sentiment::Negative) => social::Sentiment::Negative,
    };
    social::Analysis {
        language_code: analysis.language_code.clone(),
        sentiment: sentiment.into(),
        sentiment_score: analysis.sentiment_score,
        intent: analysis.intent.clone(),
        intent_confidence: analysis.intent_confidence,
        model: analysis.model.clone(),
    }
}

/// Reads an analysis of an event. What this release does not know of it is left out.
pub fn analysis(analysis: social::Analysis) -> Analysis {
    let sentiment = match analysis.sentiment() {
        social::Sentiment::Unspecified => None,
        social::Sentiment::Positive => Some(Sentiment::Positive),
        social::Sentiment::Neutral => Some(Sentiment::Neutral),
        social::Sentiment::Negative => Some(Sentiment::Negative),
    };
    Analysis {
        language_code: label(&analysis.language_code),
        sentiment,
        sentiment_score: finite(analysis.sentiment_score),
        intent: label(&analysis.intent),
        intent_confidence: finite(analysis.intent_confidence),
        model: label(&analysis.model),
    }
}

fn label(raw: &str) -> String {
    raw.chars().filter(|it| !it.is_control()).take(MAX_LABEL_CHARS).collect()
}

/// What is no number counts for nothing; JSON could not keep it either.
fn finite(number: f64) -> f64 {
    if number.is_finite() { number } else { 0.0 }
}
