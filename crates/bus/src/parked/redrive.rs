//! Handling the events of a parked key again, in order, through the same inbox as the first time.

use chassis::{
    database::{Database, DbFailure},
    tenant::TenantId,
};
use sea_orm::DbErr;
use tokio::time::Instant;
use uuid::Uuid;

use super::{ParkedKey, REDRIVE_FOR, store};
use crate::{
    codec,
    consumer::{ErasedHandler, inbox},
    failure::Failure,
    message::Envelope,
};

/// What came of a redrive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redriven {
    /// Events handled now, or found to have been handled before.
    pub handled: u64,
    /// Events still parked.
    pub remaining: u64,
    /// Why the first of those failed again; `None` if there are none or time was up.
    pub failure: Option<String>,
}

/// Handles the events of the tenant's parked key again, from the first on; stops at one that fails.
///
/// `None` if there is no such key, or if `handler` is of another group. Safe to call twice at once:
/// each event takes effect once.
pub async fn redrive(
    db: &Database,
    handler: &dyn ErasedHandler,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<Redriven>, DbFailure> {
    let group = handler.erased_group();
    let Some(key) = super::find(db, tenant, id).await?.filter(|key| key.group == group) else {
        return Ok(None);
    };
    let started = Instant::now();
    let mut redriven = Redriven::default();
    while started.elapsed() < REDRIVE_FOR {
        let Some((position, event)) = first(db, &key).await? else { break };
        match again(db, handler, &key, position, event.as_ref()).await {
            Ok(()) => redriven.handled += 1,
            Err(failure) => {
                if let Ok(event) = &event {
                    note(db, &key, event, &failure).await?;
                }
                redriven.failure = Some(failure.reason().to_owned());
                break;
            }
        }
    }
    redriven.remaining = super::find(db, tenant, id).await?.map_or(0, |key| key.events);
    Ok(Some(redriven))
}

type First = (i64, Result<Envelope, Failure>);

async fn first(db: &Database, key: &ParkedKey) -> Result<Option<First>, DbErr> {
    let txn = db.read(key.tenant).await?;
    let first = store::first(&txn, key).await?;
    Ok(first.map(|event| (event.position, codec::decode(&event.delivered))))
}

async fn again(
    db: &Database,
    handler: &dyn ErasedHandler,
    key: &ParkedKey,
    position: i64,
    event: Result<&Envelope, &Failure>,
) -> Result<(), Failure> {
    let event = event.map_err(Clone::clone)?;
    let fetched = handler.erased_fetch(event).await?;
    let txn = db.begin(key.tenant).await?;
    let is_new = inbox::claim_parked(&txn, &key.group, event).await?;
    if !store::take(&txn, key, position).await? {
        // Somebody else handled it meanwhile: dropping the transaction undoes the claim.
        return Ok(());
    }
    if is_new {
        handler.erased_handle(&txn, event, fetched).await?;
    }
    txn.commit().await?;
    db.wake();
    Ok(())
}

async fn note(
    db: &Database,
    key: &ParkedKey,
    event: &Envelope,
    failure: &Failure,
) -> Result<(), DbErr> {
    let txn = db.begin(key.tenant).await?;
    store::note_failure(&txn, key, event, failure.reason()).await?;
    txn.commit().await
}
