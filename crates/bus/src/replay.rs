//! Reading the log again: a consumer group goes back to an offset, as if it had never seen what follows.

use chassis::database::Database;

use crate::{
    consumer::{ErasedHandler, handler, inbox, partitions},
    failure::Failure,
    log::{Log, LogError},
    parked,
};

/// Why a replay was not begun.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The handler says that its effects must not be repeated.
    #[error("consumer group `{0}` cannot be replayed")]
    NotReplayable(String),
    /// The offset is negative.
    #[error("offset must not be negative")]
    BadOffset,
    /// The log could not be asked.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The handler or the database failed; nothing was changed.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Makes the handler's group read every partition again from `offset`, and returns how many events
/// that are.
///
/// One transaction forgets what was seen and parked from there on, fences whoever is in the middle of
/// an event, and from offset 0 lets the handler clear its projection
/// ([`Handler::forget`](crate::Handler::forget)). Running consumers take it up within a second,
/// others when they start.
pub async fn request(
    db: &Database,
    log: &dyn Log,
    handler: &dyn ErasedHandler,
    offset: i64,
) -> Result<u64, ReplayError> {
    let group = handler.erased_group();
    if !handler.erased_is_replayable() {
        return Err(ReplayError::NotReplayable(group.to_owned()));
    }
    if offset < 0 {
        return Err(ReplayError::BadOffset);
    }
    let positions = log.positions(group, &handler::topics(handler)).await?;
    let txn = db.begin_system().await.map_err(Failure::from)?;
    let mut events = 0;
    // Every fence before any other lock: a claim under way holds its partition and then its rows.
    for position in &positions {
        let from = offset.clamp(position.first, position.end);
        partitions::fence(&txn, group, &position.partition, from).await.map_err(Failure::from)?;
        events += u64::try_from(position.end - from).unwrap_or(0);
    }
    for position in &positions {
        let from = offset.clamp(position.first, position.end);
        // Parked before seen: a redrive moves an event from the one to the other.
        parked::store::forget(&txn, group, &position.partition, from)
            .await
            .map_err(Failure::from)?;
        inbox::forget(&txn, group, &position.partition, from).await.map_err(Failure::from)?;
    }
    if offset == 0 {
        handler.erased_forget(&txn).await?;
    }
    txn.commit().await.map_err(Failure::from)?;
    tracing::info!(group, offset, events, "replay requested");
    Ok(events)
}
