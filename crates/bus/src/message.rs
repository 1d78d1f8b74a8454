//! What a service says and what a handler hears: a message before the log, an envelope after it.

use bytes::Bytes;
use chassis::tenant::TenantId;
use chrono::{DateTime, Utc};
use proto::Event;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{failure::Failure, log::Partition};

/// An event about to be announced: a row of the outbox, then a record of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Names this event for ever; a redelivery has the same.
    pub id: Uuid,
    /// Where it goes: the proto package of the publishing context.
    pub topic: String,
    /// The proto full name of the payload.
    pub kind: String,
    /// Whose it is.
    pub tenant: TenantId,
    /// Resource name of what it happened to; the key that decides order.
    pub aggregate: String,
    /// The aggregate's version after it, 1 for its first event.
    pub version: u64,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// The event that caused it.
    pub causation: Option<Uuid>,
    /// The encoded event. Never personal data.
    pub payload: Bytes,
}

impl Message {
    /// Announces that `event` happened to `aggregate` at `time` and made it `version`.
    pub fn of<E: Event>(
        tenant: TenantId,
        aggregate: impl Into<String>,
        version: u64,
        time: DateTime<Utc>,
        event: &E,
    ) -> Self {
        Self {
            id: id_at(time),
            topic: E::TOPIC.to_owned(),
            kind: E::TYPE.to_owned(),
            tenant,
            aggregate: aggregate.into(),
            version,
            time,
            causation: None,
            payload: event.encode_to_vec().into(),
        }
    }

    /// Names the event that caused this one.
    #[must_use]
    pub fn caused_by(mut self, cause: &Envelope) -> Self {
        self.causation = Some(cause.id);
        self
    }
}

/// A version 7 UUID of that time, so that ids sort roughly as they happened.
fn id_at(time: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(time.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, time.timestamp_subsec_nanos()))
}

/// An event as a handler gets it: the message and the place in the log it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Names this event for ever; a redelivery has the same.
    pub id: Uuid,
    /// The proto full name of the payload.
    pub kind: String,
    /// Whose it is.
    pub tenant: TenantId,
    /// Resource name of what it happened to.
    pub aggregate: String,
    /// The aggregate's version after it.
    pub version: u64,
    /// When it happened.
    pub time: DateTime<Utc>,
    /// The event that caused it.
    pub causation: Option<Uuid>,
    /// Topic and partition it was read from.
    pub partition: Partition,
    /// Its place within the partition.
    pub offset: i64,
    /// W3C trace context of the command that made it.
    pub traceparent: Option<String>,
    /// The encoded event.
    pub payload: Bytes,
}

impl Envelope {
    /// The topic it came from, without the deployment's prefix.
    pub fn topic(&self) -> &str {
        &self.partition.topic
    }

    /// Tells whether the payload is an `E`.
    pub fn is<E: Event>(&self) -> bool {
        self.kind == E::TYPE
    }

    /// Decodes the payload, or rejects an event of another type and bytes that are not one.
    pub fn decode<E: Event>(&self) -> Result<E, Failure> {
        if !self.is::<E>() {
            return Err(Failure::reject(format!("event is not a `{}`", E::TYPE)));
        }
        E::decode(self.payload.clone())
            .map_err(|_| Failure::reject(format!("payload is not a valid `{}`", E::TYPE)))
    }
}
