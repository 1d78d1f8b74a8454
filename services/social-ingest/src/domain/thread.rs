//! The thread: one channel identity at one source, that is who writes, where.

use chassis::redact::Redacted;

use super::{SourceId, ThreadId};

/// The provider's id of a person. Prints as `redacted`.
pub(crate) type ExternalId = Redacted<String>;

/// One channel identity at one source. The aggregate of what comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thread {
    /// Names it; the same for ever.
    pub(crate) id: ThreadId,
    /// Where the person writes.
    pub(crate) source: SourceId,
    /// The person, as the provider names them.
    pub(crate) external_id: ExternalId,
    /// Counts its events, from 1.
    pub(crate) version: u64,
}
