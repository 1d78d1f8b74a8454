//! Messages between proto and domain, and what other services tell of them.

use chassis::malformed::Malformed;
use chrono::{DateTime, Utc};
use proto::{messaging::v1 as pb, social::v1 as social};

use super::{
    analysis_to_proto, author_to_proto, count, direction_to_proto, name, state_to_proto, subject,
    time, timestamp,
};
use crate::{
    domain::{
        Analysis, Channel, Conversation, Message, Text,
        ids::{InboundMessageId, MessageName, SourceId, ThreadId},
        message::{FailureReason, Outcome},
    },
    error::{Error, Result},
};

/// Reads the text of a request.
pub fn text(raw: &str) -> Result<Text> {
    Text::parse(raw).map_err(|problem| Error::invalid("text", problem))
}

/// Reads the name of a message in `field`.
pub fn id(field: &'static str, name: &str) -> Result<MessageName> {
    MessageName::parse(name).map_err(|problem| Error::invalid(field, problem))
}

/// Spells a message of `conversation`.
pub fn to_proto(conversation: &Conversation, it: &Message) -> pb::Message {
    let in_reply_to =
        it.in_reply_to.map(|message| MessageName { conversation: it.conversation, message });
    let failure_reason = it.failure_reason.as_ref();
    pb::Message {
        name: it.name().to_string(),
        sequence: count(it.sequence),
        direction: direction_to_proto(it.direction).into(),
        author: author_to_proto(it.author).into(),
        agent: subject(it.agent.as_ref()),
        text: it.text.expose().to_owned(),
        state: state_to_proto(it.state).into(),
        failure_reason: failure_reason.map_or_else(String::new, |it| it.as_str().to_owned()),
        analysis: it.analysis.as_ref().map(analysis_to_proto),
        in_reply_to: name(in_reply_to),
        provider_time: it.provider_time.map(timestamp),
        create_time: Some(timestamp(it.create_time)),
        send_time: it.send_time.map(timestamp),
        contact: conversation.contact.to_string(),
        thread: name(conversation.thread),
    }
}

/// What social-ingest announces of an inbound message.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The inbound message.
    pub id: InboundMessageId,
    /// Who wrote where.
    pub thread: ThreadId,
    /// Where it came in.
    pub source: SourceId,
    /// The kind of channel.
    pub channel: Channel,
    /// What it was understood to mean.
    pub analysis: Option<Analysis>,
    /// The provider's time.
    pub provider_time: Option<DateTime<Utc>>,
    /// When its envelope came.
    pub receive_time: Option<DateTime<Utc>>,
}

/// Reads the event of an inbound message.
pub fn inbound(event: social::InboundMessageReceived) -> Result<Inbound, Malformed> {
    const NO_CHANNEL: Malformed = Malformed("must name a channel");
    Ok(Inbound {
        id: InboundMessageId::parse(&event.inbound_message)?,
        thread: ThreadId::parse(&event.thread)?,
        source: SourceId::parse(&event.source)?,
        channel: super::channel(event.channel)?.ok_or(NO_CHANNEL)?,
        analysis: event.analysis.map(super::analysis),
        provider_time: event.provider_time.as_ref().map(time).transpose()?,
        receive_time: event.receive_time.as_ref().map(time).transpose()?,
    })
}

/// What our own `MessageReceived` tells of the message to answer.
#[derive(Clone, Debug)]
pub struct Received {
    /// The message.
    pub message: MessageName,
    /// What it was at social-ingest; `None` for one that came from elsewhere.
    pub inbound: Option<InboundMessageId>,
    /// What it was understood to mean.
    pub analysis: Option<Analysis>,
}

/// Reads our own event of a received message.
pub fn received(event: pb::MessageReceived) -> Result<Received, Malformed> {
    Ok(Received {
        message: MessageName::parse(&event.message)?,
        inbound: match event.inbound_message.as_str() {
            "" => None,
            name => Some(InboundMessageId::parse(name)?),
        },
        analysis: event.analysis.map(super::analysis),
    })
}

/// Reads a delivery that the provider took; `otherwise` is its time if the event does not say.
pub fn delivery_sent(
    event: &social::DeliverySent,
    otherwise: DateTime<Utc>,
) -> Result<(MessageName, Outcome), Malformed> {
    let time = event.send_time.as_ref().map(time).transpose()?.unwrap_or(otherwise);
    Ok((MessageName::parse(&event.message)?, Outcome::Sent { time }))
}

/// Reads a delivery that was refused or could not be sent.
pub fn delivery_failed(
    event: &social::DeliveryFailed,
) -> Result<(MessageName, Outcome), Malformed> {
    let reason = FailureReason::of(&event.reason);
    Ok((MessageName::parse(&event.message)?, Outcome::Failed { reason }))
}

/// Reads a delivery whose outcome nobody knows.
pub fn delivery_unknown(
    event: &social::DeliveryOutcomeUnknown,
) -> Result<(MessageName, Outcome), Malformed> {
    Ok((MessageName::parse(&event.message)?, Outcome::Unknown))
}

/// Reads what a page of messages begins behind.
pub fn after_sequence(sequence: i64) -> Result<u64> {
    const NEGATIVE: Malformed = Malformed("must not be negative");
    u64::try_from(sequence).map_err(|_| Error::invalid("after_sequence", NEGATIVE))
}
