//! The conversation and where its matter stands: who opens, takes, puts off and ends it.

mod machine;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    agent::Agent,
    analysis::Analysis,
    channel::Channel,
    ids::{ContactId, ConversationId, InboundMessageId, InboxId, MessageId, SourceId, ThreadId},
    inbox::{Answering, Inbox},
    message::{Author, FailureReason},
    named::named,
};

pub use machine::{Move, Refusal, Turn};

named! {
    /// Where the matter stands.
    Status {
        /// Waits for an agent.
        Open = "open",
        /// The auto-reply rules are answering.
        Pending = "pending",
        /// Put off until a time or the next incoming message.
        Snoozed = "snoozed",
        /// Done.
        Resolved = "resolved",
    }
}

named! {
    /// Why a conversation got another assignee.
    Reason {
        /// A rule says so.
        Rule = "RULE",
        /// Nobody else could answer.
        NoAnswer = "NO_ANSWER",
        /// An agent did it.
        Agent = "AGENT",
    }
}

/// The messages exchanged with one contact in one inbox until the matter is resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The inbox it arrived at.
    pub inbox: InboxId,
    /// Whom it is held with.
    pub contact: ContactId,
    /// Where replies go; none without a channel behind it.
    pub thread: Option<ThreadId>,
    /// The kind of channel, as the inbox has it.
    pub channel: Channel,
    /// Where the matter stands.
    pub status: Status,
    /// The agent it is assigned to.
    pub assignee: Option<Agent>,
    /// Sequence of the newest message.
    pub last_sequence: u64,
    /// When the contact last wrote.
    pub last_inbound_time: Option<DateTime<Utc>>,
    /// What the contact waits for an answer to.
    pub waiting: Option<Waiting>,
    /// When the first answer to the contact was sent.
    pub first_response_time: Option<DateTime<Utc>>,
    /// Until when it is snoozed.
    pub snooze_until_time: Option<DateTime<Utc>>,
    /// When it was opened.
    pub create_time: DateTime<Utc>,
    /// When it last changed.
    pub update_time: DateTime<Utc>,
    /// Counts its events from 1.
    pub version: u64,
}

/// Which conversations a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those that stand there.
    pub status: Option<Status>,
    /// Only those of this agent; `Some(None)` for those of none.
    pub assignee: Option<Option<Agent>>,
    /// Only those of this inbox.
    pub inbox: Option<InboxId>,
    /// Only those with this contact.
    pub contact: Option<ContactId>,
}

/// What a contact waits for an answer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// When the first unanswered message reached us.
    pub since: DateTime<Utc>,
    /// The latest unanswered message.
    pub message: MessageId,
}

/// A fact and the version it gave the conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The conversation's version after it.
    pub version: u64,
    /// What happened.
    pub fact: Fact,
}

/// What happened to a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// It was opened.
    Opened {
        /// Its first status.
        status: Status,
    },
    /// It got another assignee, or none.
    Assigned {
        /// The agent.
        assignee: Option<Agent>,
        /// Why.
        reason: Reason,
        /// The status after it.
        status: Status,
    },
    /// Where the matter stands changed.
    StatusChanged {
        /// The status before.
        from: Status,
        /// The status after.
        to: Status,
    },
    /// A message of the contact was appended.
    Received {
        /// The message.
        message: MessageId,
        /// Its position.
        sequence: u64,
        /// Where it came in.
        source: Option<SourceId>,
        /// What it is at social-ingest.
        inbound_message: Option<InboundMessageId>,
        /// What it was understood to mean.
        analysis: Option<Analysis>,
        /// The provider's time.
        provider_time: Option<DateTime<Utc>>,
    },
    /// A message to the contact waits for delivery.
    Queued {
        /// The message.
        message: MessageId,
        /// Its position.
        sequence: u64,
        /// Who wrote it.
        author: Author,
        /// The message it answers.
        in_reply_to: Option<MessageId>,
        /// How many deliveries were asked for.
        attempt: u32,
    },
    /// The provider took a message.
    Sent {
        /// The message.
        message: MessageId,
        /// Who wrote it.
        author: Author,
        /// When the provider took it.
        send_time: DateTime<Utc>,
        /// The message it answers.
        in_reply_to: Option<MessageId>,
        /// What that is at social-ingest.
        answered: Option<InboundMessageId>,
        /// How long the contact waited, if this is the first response.
        first_response: Option<TimeDelta>,
    },
    /// A message was refused, or could not be sent.
    Failed {
        /// The message.
        message: MessageId,
        /// Why.
        reason: FailureReason,
    },
    /// A message may or may not have left.
    OutcomeUnknown {
        /// The message.
        message: MessageId,
    },
    /// An agent or a rule added a note.
    NoteAdded {
        /// The message.
        message: MessageId,
    },
}

impl Conversation {
    /// Opens a conversation in `inbox`.
    pub fn open(
        inbox: &Inbox,
        contact: ContactId,
        thread: Option<ThreadId>,
        status: Status,
        now: DateTime<Utc>,
    ) -> (Self, Event) {
        let conversation = Self {
            id: ConversationId::new(now),
            inbox: inbox.id,
            contact,
            thread,
            channel: inbox.channel,
            status,
            assignee: None,
            last_sequence: 0,
            last_inbound_time: None,
            waiting: None,
            first_response_time: None,
            snooze_until_time: None,
            create_time: now,
            update_time: now,
            version: 1,
        };
        (conversation, Event { version: 1, fact: Fact::Opened { status } })
    }

    /// The status in which a conversation begins that the contact opens.
    pub const fn first_status(inbox: &Inbox) -> Status {
        match inbox.settings.answering {
            Answering::Rules => Status::Pending,
            Answering::Agents => Status::Open,
        }
    }

    /// Counts a fact.
    pub(super) fn record(&mut self, fact: Fact, now: DateTime<Utc>) -> Event {
        self.version += 1;
        self.update_time = now;
        Event { version: self.version, fact }
    }
}
