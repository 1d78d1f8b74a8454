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
pub struct InboundMessage {
    /// Names it.
    pub id: InboundMessageId,
    /// The envelope it was decoded from.
    pub envelope: EnvelopeId,
    /// Where it came in.
    pub source: SourceId,
    /// Who wrote it, where.
    pub thread: ThreadId,
    /// The kind of channel.
    pub channel: Channel,
    /// Within what the sender's id is unique.
    pub realm: String,
    /// The writer, as the provider names them.
    pub sender: ExternalId,
    /// What it is made of.
    pub kind: MessageKind,
    /// What it says.
    pub text: Redacted<String>,
    /// What it was understood to mean; only text is analysed.
    pub analysis: Option<Analysis>,
    /// The provider's time.
    pub provider_time: DateTime<Utc>,
    /// When its envelope came.
    pub receive_time: DateTime<Utc>,
    /// When it became a message of a conversation.
    pub project_time: Option<DateTime<Utc>>,
    /// When it was answered.
    pub answer_time: Option<DateTime<Utc>>,
}
