//! The message: one thing said in a conversation.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    agent::Agent,
    analysis::Analysis,
    ids::{ConversationId, InboundMessageId, MessageId, MessageName},
    named::named,
    text::Text,
};

named! {
    /// Who a message goes to.
    Direction {
        /// From the contact.
        Incoming = "incoming",
        /// To the contact.
        Outgoing = "outgoing",
        /// Among agents.
        Note = "note",
    }
}

named! {
    /// Who wrote a message.
    Author {
        /// The contact.
        Contact = "contact",
        /// An agent.
        Agent = "agent",
        /// An auto-reply rule.
        Rule = "rule",
        /// An order's payment or shipment.
        Order = "order",
    }
}

named! {
    /// What became of a message.
    State {
        /// An incoming message or a note: it is here.
        Received = "received",
        /// Accepted, not yet known to have left.
        Queued = "queued",
        /// The provider took it.
        Sent = "sent",
        /// Refused, or it could not be sent.
        Failed = "failed",
        /// It may or may not have left.
        Unknown = "unknown",
    }
}

/// One thing said in a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Position in the conversation, from 1, without gaps.
    pub sequence: u64,
    /// Who it goes to.
    pub direction: Direction,
    /// Who wrote it.
    pub author: Author,
    /// The agent who wrote it.
    pub agent: Option<Agent>,
    /// What it says. Not part of a stored answer: it is kept in one place only.
    #[serde(skip)]
    pub text: Text,
    /// What became of it.
    pub state: State,
    /// Why it failed.
    pub failure_reason: Option<FailureReason>,
    /// What an incoming message was understood to mean.
    pub analysis: Option<Analysis>,
    /// The message it answers.
    pub in_reply_to: Option<MessageId>,
    /// What it is at social-ingest, for an incoming one.
    pub inbound_message: Option<InboundMessageId>,
    /// The event that made us write it; no event makes two.
    pub cause: Option<Uuid>,
    /// How many deliveries were asked for.
    pub attempt: u32,
    /// The provider's time of an incoming one.
    pub provider_time: Option<DateTime<Utc>>,
    /// When it was appended.
    pub create_time: DateTime<Utc>,
    /// When the provider took an outgoing one.
    pub send_time: Option<DateTime<Utc>>,
}

impl Message {
    /// Its full resource name.
    pub const fn name(&self) -> MessageName {
        MessageName { conversation: self.conversation, message: self.id }
    }
}

/// A stable reason such as `WINDOW_CLOSED`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FailureReason(String);

impl FailureReason {
    const MAX_LEN: usize = 63;
    const OTHER: &str = "OTHER";

    /// Takes a reason in its usual shape; anything else becomes `OTHER`.
    pub fn of(raw: &str) -> Self {
        let is_part = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_';
        let fits = !raw.is_empty() && raw.len() <= Self::MAX_LEN && raw.chars().all(is_part);
        Self(if fits { raw } else { Self::OTHER }.to_owned())
    }

    /// The reason as a column holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    Sent {
        /// When it did.
        time: DateTime<Utc>,
    },
    /// The provider refused it, or it could not be sent.
    Failed {
        /// Why.
        reason: FailureReason,
    },
    /// It may or may not have left.
    Unknown,
}

impl State {
    /// The state after a delivery's outcome, or `None` if the outcome says nothing new.
    ///
    /// That a message was sent is the last word; that it was not sent outweighs not knowing.
    pub const fn after(self, outcome: &Outcome) -> Option<Self> {
        match (self, outcome) {
            (Self::Queued | Self::Unknown | Self::Failed, Outcome::Sent { .. }) => Some(Self::Sent),
            (Self::Queued | Self::Unknown, Outcome::Failed { .. }) => Some(Self::Failed),
            (Self::Queued, Outcome::Unknown) => Some(Self::Unknown),
            (Self::Received | Self::Sent, Outcome::Sent { .. })
            | (Self::Received | Self::Sent | Self::Failed, Outcome::Failed { .. })
            | (Self::Received | Self::Sent | Self::Failed | Self::Unknown, Outcome::Unknown) => {
                None
            }
        }
    }

    /// Whether an agent may ask for another delivery.
    pub const fn may_be_retried(self) -> bool {
        match self {
            Self::Failed | Self::Unknown => true,
            Self::Received | Self::Queued | Self::Sent => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_moves_a_message_towards_what_is_known_best() {
        #[track_caller]
        fn check(outcome: &Outcome, expected: [Option<State>; 5]) {
            let actual: Vec<_> = State::ALL.iter().map(|state| state.after(outcome)).collect();
            assert_eq!(actual, expected);
        }

        let (sent, failed, unknown) =
            (Some(State::Sent), Some(State::Failed), Some(State::Unknown));
        // From: received, queued, sent, failed, unknown.
        check(&Outcome::Sent { time: DateTime::UNIX_EPOCH }, [None, sent, None, sent, sent]);
        let reason = FailureReason::of("WINDOW_CLOSED");
        check(&Outcome::Failed { reason }, [None, failed, None, None, failed]);
        check(&Outcome::Unknown, [None, unknown, None, None, None]);
    }

    #[test]
    fn only_a_stable_reason_is_kept() {
        assert_eq!(FailureReason::of("WINDOW_CLOSED").as_str(), "WINDOW_CLOSED");
        assert_eq!(FailureReason::of("no user Ada").as_str(), "OTHER");
        assert_eq!(FailureReason::of("").as_str(), "OTHER");
        assert_eq!(FailureReason::of(&"X".repeat(64)).as_str(), "OTHER");
    }
}
