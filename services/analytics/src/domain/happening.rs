//! What happened in the other services, as far as a metric cares.

use super::{ContactId, Label, Millionths, Resource};

/// Something that happened, read from one event and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A contact was created.
    ContactCreated {
        /// The contact.
        contact: ContactId,
        /// Its language; may be empty.
        language: Label,
    },
    /// A conversation was opened.
    ConversationOpened {
        /// The conversation.
        conversation: Resource,
        /// Whose it is.
        contact: Option<ContactId>,
        /// The kind of channel.
        channel: Label,
    },
    /// A contact wrote.
    MessageReceived {
        /// The message.
        message: Resource,
        /// Who wrote it.
        contact: Option<ContactId>,
        /// The kind of channel.
        channel: Label,
        /// What it was understood to mean, if it was analysed.
        analysis: Option<Analysis>,
    },
    /// The provider took a message to a contact.
    MessageSent {
        /// The message.
        message: Resource,
        /// Who it went to.
        contact: Option<ContactId>,
        /// The kind of channel.
        channel: Label,
        /// Who wrote it.
        author: Label,
        /// Seconds the contact waited, if this was the first response.
        first_response: Option<Millionths>,
    },
    /// A delivery to a provider ended.
    DeliveryEnded {
        /// The delivery.
        delivery: Resource,
        /// The kind of channel.
        channel: Label,
        /// How.
        outcome: Outcome,
    },
    /// An order of a known buyer was placed, or the buyer of an order became known.
    OrderOfContact {
        /// The order.
        order: Resource,
        /// The buyer.
        contact: ContactId,
    },
    /// An order was paid.
    OrderPaid {
        /// The order.
        order: Resource,
        /// The buyer, if known.
        contact: Option<ContactId>,
        /// How much.
        amount: Money,
    },
    /// What was paid for an order was paid back.
    OrderPaidBack {
        /// The order.
        order: Resource,
        /// The buyer, if known.
        contact: Option<ContactId>,
        /// How much; positive.
        amount: Money,
    },
}

/// What a text was understood to mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    /// BCP 47 tag; may be empty.
    pub language: Label,
    /// The mood and its score, if it was told.
    pub sentiment: Option<(Label, Millionths)>,
    /// What the writer wants; may be empty.
    pub intent: Label,
}

/// An amount in the minor unit of its currency, never negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// ISO 4217 code.
    pub currency: Label,
    /// How much.
    pub minor_units: i64,
}

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    Sent,
    /// It was refused, or could not be sent, for this reason.
    Failed(Label),
    /// Nobody knows.
    Unknown,
}
