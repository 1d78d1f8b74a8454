//! The envelope: a webhook's body as it came, and what became of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{EnvelopeId, EnvelopeName, InboundMessageId, SourceId, words::words};

words! {
    /// What became of an envelope.
    EnvelopeState {
        /// Stored, not yet decoded.
        Stored = "STORED",
        /// Decoded to an inbound message.
        Decoded = "DECODED",
        /// Understood, but of a kind that makes no message.
        Unsupported = "UNSUPPORTED",
        /// Could not be read.
        Undecodable = "UNDECODABLE",
    }
}

/// A stored webhook, without its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Names it.
    pub id: EnvelopeId,
    /// Where it came in.
    pub source: SourceId,
    /// The same for every delivery of the same message; holds no personal data.
    pub dedupe_key: String,
    /// What became of it.
    pub state: EnvelopeState,
    /// The provider's type of message, once it was read.
    pub message_type: Option<String>,
    /// Why it could not be read.
    pub failure: Option<String>,
    /// The inbound message it became.
    pub inbound_message: Option<InboundMessageId>,
    /// When it came.
    pub receive_time: DateTime<Utc>,
}

impl Envelope {
    /// Its resource name.
    pub fn name(&self) -> EnvelopeName {
        EnvelopeName { source: self.source, envelope: self.id }
    }
}
