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
pub(crate) struct Envelope {
    /// Names it.
    pub(crate) id: EnvelopeId,
    /// Where it came in.
    pub(crate) source: SourceId,
    /// The same for every delivery of the same message; holds no personal data.
    pub(crate) dedupe_key: String,
    /// What became of it.
    pub(crate) state: EnvelopeState,
    /// The provider's type of message, once it was read.
    pub(crate) message_type: Option<String>,
    /// Why it could not be read.
    pub(crate) failure: Option<String>,
    /// The inbound message it became.
    pub(crate) inbound_message: Option<InboundMessageId>,
    /// When it came.
    pub(crate) receive_time: DateTime<Utc>,
}

impl Envelope {
    /// Its resource name.
    pub(crate) fn name(&self) -> EnvelopeName {
        EnvelopeName { source: self.source, envelope: self.id }
    }
}
