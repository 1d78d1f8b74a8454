//! The event of messaging that asks for a delivery.

use chassis::malformed::Malformed;
use proto::messaging::v1::MessageQueued;

use crate::domain::{MessageName, ThreadId};

/// A message that waits for delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queued {
    /// The message.
    pub(crate) message: MessageName,
    /// Who it goes to.
    pub(crate) thread: ThreadId,
    /// 1 for the first delivery.
    pub(crate) attempt: i32,
}

/// Reads what is to be delivered; none if it goes to no thread of this service.
pub(crate) fn queued(event: &MessageQueued) -> Result<Option<Queued>, Malformed> {
    if event.thread.is_empty() {
        return Ok(None);
    }
    if event.attempt < 1 {
        return Err(Malformed("attempt must be at least 1"));
    }
    Ok(Some(Queued {
        message: MessageName::parse(&event.message)?,
        thread: ThreadId::parse(&event.thread)?,
        attempt: event.attempt,
    }))
}
