//! The inbound message: what a customer wrote, in the one form all channels share.

use chassis::redact::Redacted;
use chrono::{DateTime, Utc};

use super::{
    Analysis, Channel, EnvelopeId, ExternalId, InboundMessageId, SourceId, ThreadId, words::words,
};

words! {
    /// What a message is made of.
    MessageKind {
        /// Text.
        Text = "TEXT",
        /// A picture.
        Image = "IMAGE",
        /// Speech.
        Voice = "VOICE",
        /// A moving picture.
        Video = "VIDEO",
        /// A place.
        Location = "LOCATION",
        /// A shared page.
        Link = "LINK",
    }
}

/// What a customer wrote.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct InboundMessage {
    /// Names it.
    pub(crate) id: InboundMessageId,
    /// The envelope it was decoded from.
    pub(crate) envelope: EnvelopeId,
    /// Where it came in.
    pub(crate) source: SourceId,
    /// Who wrote it, where.
    pub(crate) thread: ThreadId,
    /// The kind of channel.
    pub(crate) channel: Channel,
    /// Within what the sender's id is unique.
    pub(crate) realm: String,
    /// The writer, as the provider names them.
    pub(crate) sender: ExternalId,
    /// What it is made of.
    pub(crate) kind: MessageKind,
    /// What it says.
    pub(crate) text: Redacted<String>,
    /// What it was understood to mean; only text is analysed.
    pub(crate) analysis: Option<Analysis>,
    /// The provider's time.
    pub(crate) provider_time: DateTime<Utc>,
    /// When its envelope came.
    pub(crate) receive_time: DateTime<Utc>,
    /// When it became a message of a conversation.
    pub(crate) project_time: Option<DateTime<Utc>>,
    /// When it was answered.
    pub(crate) answer_time: Option<DateTime<Utc>>,
}

/// A time that is set once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It became a message of a conversation.
    Projected,
    /// It was answered.
    Answered,
}
