//! The thread: one channel identity at one source, that is who writes, where.

use chassis::redact::Redacted;

use super::{SourceId, ThreadId};

/// The provider's id of a person. Prints as `redacted`.
pub type ExternalId = Redacted<String>;

/// One channel identity at one source. The aggregate of what comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Names it; the same for ever.
    pub id: ThreadId,
    /// Where the person writes.
    pub source: SourceId,
    /// The person, as the provider names them.
    pub external_id: ExternalId,
    /// Counts its events, from 1.
    pub version: u64,
}
