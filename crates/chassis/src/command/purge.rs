//! Forgets requests that nobody repeats any more.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::DbErr;
use tokio_util::sync::CancellationToken;

use super::requests;
use crate::{
    clock::Clock,
    database::{Database, DbFailure},
};

/// How long an answer is kept: a repetition within it gets the same answer.
pub const KEEP: TimeDelta = TimeDelta::hours(24);

/// Rows deleted in one transaction, so that it stays short.
const BATCH: u64 = 1_000;

/// Time between two purges.
const EVERY: Duration = Duration::from_secs(600);

/// Forgets every request claimed before `deadline`, and tells how many there were.
pub async fn purge(db: &Database, deadline: DateTime<Utc>) -> Result<u64, DbErr> {
    let mut forgotten = 0;
    loop {
        let txn = db.begin_system().await?;
        let batch = requests::forget(&txn, deadline, BATCH).await?;
        txn.commit().await?;
        forgotten += batch;
        if batch < BATCH {
            return Ok(forgotten);
        }
    }
}

/// Purges what is older than [`KEEP`], now and then, until `stop` is cancelled.
pub async fn purging(db: Database, clock: Clock, stop: CancellationToken) {
    loop {
        match purge(&db, clock.now() - KEEP).await {
            Ok(0) => (),
            Ok(rows) => tracing::debug!(kith.requests.count = rows, "forgot answered requests"),
            Err(error) => {
                tracing::warn!(error = %DbFailure::from(error), "kept old requests for now");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => (),
        }
    }
}
