//! Domain events as messages: type, topic, key and version.

use bus::Message;
use chassis::tenant::TenantId;
use proto::social::v1 as pb;

use crate::{
    convert,
    domain::{
        Channel, Delivery, DeliveryEvent, EnvelopeName, InboundMessage, Source, SourceEvent, Thread,
    },
};

/// Announces what happened to a source. Its version is that after the event.
pub(crate) fn source(tenant: TenantId, source: &Source, event: &SourceEvent) -> Message {
    let name = source.id.to_string();
    let (version, time) = (source.version, source.update_time);
    match event {
        SourceEvent::Connected => {
            let channel = convert::channel(source.channel).into();
            let event = pb::SourceConnected { source: name.clone(), channel };
            Message::of(tenant, name, version, time, &event)
        }
        SourceEvent::Updated(fields) => {
            let changed_fields = fields.iter().map(|it| (*it).to_owned()).collect();
            let event = pb::SourceUpdated { source: name.clone(), changed_fields };
            Message::of(tenant, name, version, time, &event)
        }
        SourceEvent::CredentialsRotated => {
            let event = pb::CredentialsRotated { source: name.clone() };
            Message::of(tenant, name, version, time, &event)
        }
        SourceEvent::Disconnected => {
            let event = pb::SourceDisconnected { source: name.clone() };
            Message::of(tenant, name, version, time, &event)
        }
    }
}

/// What an envelope is announced as an event of.
pub(crate) enum Received<'a> {
    /// The person who wrote.
    Thread(&'a Thread),
    /// The source, at this version, where no person can be told.
    Source(u64),
}

/// Announces that a webhook was stored.
pub(crate) fn envelope_received(
    tenant: TenantId,
    envelope: EnvelopeName,
    channel: Channel,
    of: &Received<'_>,
    time: chrono::DateTime<chrono::Utc>,
) -> Message {
    let (aggregate, version, thread) = match of {
        Received::Thread(thread) => (thread.id.to_string(), thread.version, thread.id.to_string()),
        Received::Source(version) => (envelope.source.to_string(), *version, String::new()),
    };
    let channel = convert::channel(channel).into();
    let event = pb::EnvelopeReceived { envelope: envelope.to_string(), thread, channel };
    Message::of(tenant, aggregate, version, time, &event)
}

/// Announces that an envelope was decoded to a message, as an event of its thread.
pub(crate) fn inbound_message_received(
    tenant: TenantId,
    message: &InboundMessage,
    thread_version: u64,
    time: chrono::DateTime<chrono::Utc>,
) -> Message {
    let event = pb::InboundMessageReceived {
        inbound_message: message.id.to_string(),
        thread: message.thread.to_string(),
        source: message.source.to_string(),
        channel: convert::channel(message.channel).into(),
        kind: convert::message_kind(message.kind).into(),
        analysis: message.analysis.as_ref().map(convert::analysis),
        provider_time: Some(convert::timestamp(message.provider_time)),
        receive_time: Some(convert::timestamp(message.receive_time)),
    };
    Message::of(tenant, message.thread.to_string(), thread_version, time, &event)
}

/// Announces what happened to a delivery. Its version is that after the event.
pub(crate) fn delivery(tenant: TenantId, delivery: &Delivery, event: DeliveryEvent) -> Message {
    let name = delivery.id.to_string();
    let message = delivery.message.to_string();
    let thread = delivery.thread.to_string();
    let channel = convert::channel(delivery.channel).into();
    let (version, time) = (delivery.version, delivery.update_time);
    match event {
        DeliveryEvent::Sent => {
            let send_time = Some(convert::timestamp(time));
            let event =
                pb::DeliverySent { delivery: name.clone(), message, thread, channel, send_time };
            Message::of(tenant, name, version, time, &event)
        }
        DeliveryEvent::Failed => {
            let reason = delivery.failure_reason.clone().unwrap_or_default();
            let event =
                pb::DeliveryFailed { delivery: name.clone(), message, thread, channel, reason };
            Message::of(tenant, name, version, time, &event)
        }
        DeliveryEvent::OutcomeUnknown => {
            let event =
                pb::DeliveryOutcomeUnknown { delivery: name.clone(), message, thread, channel };
            Message::of(tenant, name, version, time, &event)
        }
    }
}
