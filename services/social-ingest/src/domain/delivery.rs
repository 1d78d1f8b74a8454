//! The delivery: the ledger row of one reply on its way to a provider, and what may become of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Channel, DeliveryId, MessageName, RetryPolicy, SourceId, ThreadId, Verdict, words::words,
};
use crate::error::Error;

words! {
    /// How far a delivery got.
    DeliveryState {
        /// Waits for its turn, or for its next attempt.
        Pending = "PENDING",
        /// Being handed to the provider at this moment.
        Sending = "SENDING",
        /// The provider took it.
        Sent = "SENT",
        /// The provider refused it, or it was given up before it left.
        Failed = "FAILED",
        /// It may or may not have left; never sent again by itself.
        Unknown = "UNKNOWN",
    }
}

/// The ledger row of one reply, keyed by the message and the attempt that caused it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Delivery {
    /// Names it.
    pub(crate) id: DeliveryId,
    /// The message.
    pub(crate) message: MessageName,
    /// 1 for the message's first delivery, one more for each retry by an agent.
    pub(crate) attempt: i32,
    /// Where it goes out.
    pub(crate) source: SourceId,
    /// Who it goes to.
    pub(crate) thread: ThreadId,
    /// Its place among the deliveries of the thread, which leave in this order.
    pub(crate) position: i64,
    /// The kind of channel.
    pub(crate) channel: Channel,
    /// How far it got.
    pub(crate) state: DeliveryState,
    /// Attempts that surely did not reach the provider, and the present one.
    pub(crate) attempts: i32,
    /// Pieces of a long text that the provider has taken.
    pub(crate) parts_sent: i32,
    /// Why it waits or failed.
    pub(crate) failure_reason: Option<String>,
    /// The provider's own code; 0 for none.
    pub(crate) provider_code: i64,
    /// When a pending one is tried next.
    pub(crate) next_attempt_time: Option<DateTime<Utc>>,
    /// Who is sending it, and until when that is believed.
    pub(crate) lease: Option<Lease>,
    /// When the row was written.
    pub(crate) create_time: DateTime<Utc>,
    /// When the state last changed.
    pub(crate) update_time: DateTime<Utc>,
    /// Counts its events, from 1; 0 before the first.
    pub(crate) version: u64,
    /// The trace that asked for it.
    pub(crate) traceparent: Option<String>,
}

/// Who is sending a delivery, and until when that is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lease {
    /// One run of one process.
    pub(crate) owner: Uuid,
    /// Afterwards others may say that the outcome is unknown. They may never send.
    pub(crate) expire_time: DateTime<Utc>,
}

/// What happened to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryEvent {
    /// The provider took it.
    Sent,
    /// It failed for good.
    Failed,
    /// It may or may not have left.
    OutcomeUnknown,
}

impl Delivery {
    /// Accepts a reply for delivery.
    pub(crate) fn accept(
        message: MessageName,
        attempt: i32,
        (source, thread, channel): (SourceId, ThreadId, Channel),
        position: i64,
        traceparent: Option<String>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id: DeliveryId::new(now),
            message,
            attempt,
            source,
            thread,
            position,
            channel,
            state: DeliveryState::Pending,
            attempts: 0,
            parts_sent: 0,
            failure_reason: None,
            provider_code: 0,
            next_attempt_time: Some(now),
            lease: None,
            create_time: now,
            update_time: now,
            version: 0,
            traceparent,
        }
    }

    /// Begins an attempt: from here on the reply may leave.
    pub(crate) fn send(self, lease: Lease, now: DateTime<Utc>) -> Self {
        Self {
            state: DeliveryState::Sending,
            attempts: self.attempts.saturating_add(1),
            next_attempt_time: None,
            lease: Some(lease),
            update_time: now,
            ..self
        }
    }

    /// Counts an attempt that ended before it began.
    pub(crate) fn not_begun(self) -> Self {
        Self { attempts: self.attempts.saturating_add(1), ..self }
    }

    /// Ends an attempt. One that may be repeated is given up once the delivery is too old.
    pub(crate) fn end(
        self,
        verdict: &Verdict,
        policy: &RetryPolicy,
        jitter: f64,
        now: DateTime<Utc>,
    ) -> (Self, Option<DeliveryEvent>) {
        match *verdict {
            Verdict::Sent => self.settle(DeliveryEvent::Sent, None, 0, now),
            Verdict::Refused { reason, code } => {
                self.settle(DeliveryEvent::Failed, Some(reason), code, now)
            }
            Verdict::Doubtful { reason } => {
                self.settle(DeliveryEvent::OutcomeUnknown, Some(reason), 0, now)
            }
            Verdict::NotNow { reason, retry_after } => {
                let pause =
                    policy.pause(self.attempts, jitter).max(retry_after.unwrap_or_default());
                let next = now + pause;
                if self.create_time + policy.give_up_after < next {
                    return self.settle(DeliveryEvent::Failed, Some(reason), 0, now);
                }
                let waiting = Self {
                    state: DeliveryState::Pending,
                    failure_reason: Some(reason.to_owned()),
                    next_attempt_time: Some(next),
                    lease: None,
                    update_time: now,
                    ..self
                };
                (waiting, None)
            }
        }
    }

    /// Ends the attempt of `owner`, who comes too late if others said meanwhile that nobody knows the outcome: then it
    /// is settled, but never tried again. None if there is nothing for `owner` to end.
    pub(crate) fn end_by(
        self,
        owner: Uuid,
        verdict: &Verdict,
        policy: &RetryPolicy,
        jitter: f64,
        now: DateTime<Utc>,
    ) -> Option<(Self, Option<DeliveryEvent>)> {
        if self.lease.is_none_or(|lease| lease.owner != owner) {
            return None;
        }
        match (self.state, verdict) {
            (DeliveryState::Sending, _) => Some(self.end(verdict, policy, jitter, now)),
            (DeliveryState::Unknown, Verdict::Sent | Verdict::Refused { .. }) => {
                Some(self.end(verdict, policy, jitter, now))
            }
            (DeliveryState::Unknown, Verdict::NotNow { reason, .. }) => {
                Some(self.settle(DeliveryEvent::Failed, Some(reason), 0, now))
            }
            (DeliveryState::Unknown, Verdict::Doubtful { .. })
            | (DeliveryState::Pending | DeliveryState::Sent | DeliveryState::Failed, _) => None,
        }
    }

    /// Notes that the provider took one more piece, and that the next is being sent. None if `lease` is not of who
    /// sends it.
    pub(crate) fn advance(self, lease: Lease) -> Option<Self> {
        let is_sending = self.state == DeliveryState::Sending;
        if !is_sending || self.lease.is_none_or(|it| it.owner != lease.owner) {
            return None;
        }
        Some(Self { parts_sent: self.parts_sent + 1, lease: Some(lease), ..self })
    }

    /// Settles one of unknown outcome as an agent found it, or fails with [`Error::DeliverySettled`].
    pub(crate) fn resolve(
        self,
        was_sent: Resolution,
        now: DateTime<Utc>,
    ) -> Result<(Self, DeliveryEvent), Error> {
        let (event, reason) = match was_sent {
            Resolution::Sent => (DeliveryEvent::Sent, None),
            Resolution::Failed => (DeliveryEvent::Failed, Some("NOT_SENT")),
        };
        match self.state {
            DeliveryState::Unknown => {
                let (settled, _) = self.settle(event, reason, 0, now);
                Ok((settled, event))
            }
            DeliveryState::Pending
            | DeliveryState::Sending
            | DeliveryState::Sent
            | DeliveryState::Failed => Err(Error::DeliverySettled(self.id)),
        }
    }

    fn settle(
        self,
        event: DeliveryEvent,
        reason: Option<&str>,
        provider_code: i64,
        now: DateTime<Utc>,
    ) -> (Self, Option<DeliveryEvent>) {
        let state = match event {
            DeliveryEvent::Sent => DeliveryState::Sent,
            DeliveryEvent::Failed => DeliveryState::Failed,
            DeliveryEvent::OutcomeUnknown => DeliveryState::Unknown,
        };
        let settled = Self {
            state,
            failure_reason: reason.map(str::to_owned),
            provider_code,
            next_attempt_time: None,
            update_time: now,
            version: self.version + 1,
            ..self
        };
        (settled, Some(event))
    }
}

/// What an agent found at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// It was sent.
    Sent,
    /// It was not.
    Failed,
}

#[cfg(test)]
mod tests;
