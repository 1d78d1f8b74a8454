//! Keys that wait for a person: what they are, and handling their events again in order.

mod redrive;
pub(crate) mod store;

use std::time::Duration;

use chassis::{database::Database, tenant::TenantId};
use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use uuid::Uuid;

pub use redrive::{Redriven, redrive};

/// A key whose events a handler could not do: the failed one first, everything later behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedKey {
    /// Names it for as long as it is parked.
    pub id: Uuid,
    /// The consumer group.
    pub group: String,
    /// Whose it is.
    pub tenant: TenantId,
    /// The aggregate.
    pub aggregate: String,
    /// Events waiting.
    pub events: u64,
    /// The event that failed.
    pub event_id: Uuid,
    /// Its type.
    pub kind: String,
    /// Why it failed, the last time.
    pub failure: String,
    /// When it was parked.
    pub park_time: DateTime<Utc>,
}

/// The tenant's parked keys of `group` after `after`, oldest first, at most `limit`.
pub async fn page(
    db: &Database,
    tenant: TenantId,
    group: &str,
    after: Option<&ParkedKey>,
    limit: u32,
) -> Result<Vec<ParkedKey>, DbErr> {
    let after = after.map(|key| (key.park_time, key.id));
    page_after(db, tenant, group, after, limit).await
}

/// [`page`] after a place that a page token remembers: the last key's `park_time` and `id`.
pub async fn page_after(
    db: &Database,
    tenant: TenantId,
    group: &str,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u32,
) -> Result<Vec<ParkedKey>, DbErr> {
    let txn = db.read(tenant).await?;
    store::page(&txn, tenant, group, after, limit).await
}

/// The parked key of that id, if the tenant has it.
pub async fn find(db: &Database, tenant: TenantId, id: Uuid) -> Result<Option<ParkedKey>, DbErr> {
    let txn = db.read(tenant).await?;
    store::find(&txn, tenant, id).await
}

/// Longest that one redrive goes on; what is left stays parked, and the next redrive goes on.
const REDRIVE_FOR: Duration = Duration::from_secs(20);
