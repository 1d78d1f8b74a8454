//! What an operator asks first: what waits to be published, how far each group is, what is parked.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chassis::{
    clock::Clock,
    database::{Database, DbFailure},
    tenant::TenantId,
};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::{
    consumer::{ErasedHandler, handler},
    log::{Log, LogError, Partition, Position},
    outbox, sql,
};

/// What waits to be published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxStatus {
    /// Events committed and not yet published.
    pub depth: u64,
    /// Age of the oldest of them, by the database's clock.
    pub oldest_age: Duration,
}

/// Measures the outbox.
pub async fn outbox(db: &Database) -> Result<OutboxStatus, DbFailure> {
    let txn = db.read_system().await?;
    let depth = outbox::depth(&txn).await?;
    let oldest_age = Duration::from_millis(depth.oldest_age_ms);
    Ok(OutboxStatus { depth: depth.events, oldest_age })
}

/// How far a group is in one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionLag {
    /// The partition.
    pub partition: Partition,
    /// Offset of the next event of the group.
    pub stored: i64,
    /// Events it has not finished.
    pub events: u64,
    /// Age of the oldest of them; zero without one.
    pub age: Duration,
}

/// How far a group is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupStatus {
    /// The group.
    pub group: String,
    /// Each partition of its topics.
    pub partitions: Vec<PartitionLag>,
}

impl GroupStatus {
    /// Events it has not finished, in all.
    pub fn lag_events(&self) -> u64 {
        self.partitions.iter().map(|it| it.events).sum()
    }

    /// Age of the oldest of them.
    pub fn lag(&self) -> Duration {
        self.partitions.iter().map(|it| it.age).max().unwrap_or_default()
    }
}

/// Tells how far each handler's group is.
pub async fn groups(
    log: &dyn Log,
    handlers: &[Arc<dyn ErasedHandler>],
    clock: &Clock,
) -> Result<Vec<GroupStatus>, LogError> {
    let mut statuses = Vec::with_capacity(handlers.len());
    for handler in handlers {
        let group = handler.erased_group().to_owned();
        let positions = log.positions(&group, &handler::topics(&**handler)).await?;
        let partitions = positions.into_iter().map(|it| partition_lag(it, clock)).collect();
        statuses.push(GroupStatus { group, partitions });
    }
    Ok(statuses)
}

fn partition_lag(position: Position, clock: &Clock) -> PartitionLag {
    let age = position.oldest_unread.map(|time| clock.now() - time);
    PartitionLag {
        stored: position.stored,
        events: position.lag(),
        age: age.and_then(|age| age.to_std().ok()).unwrap_or_default(),
        partition: position.partition,
    }
}

/// Counts the tenant's parked keys of a group.
pub async fn parked_keys_of(
    db: &Database,
    tenant: TenantId,
    group: &str,
) -> Result<u64, DbFailure> {
    let txn = db.read(tenant).await?;
    let backend = txn.get_database_backend();
    let select = "SELECT count(*) AS keys FROM parked_keys WHERE tenant_id = $1 AND consumer = $2";
    let values: [Value; 2] = [tenant.as_uuid().into(), group.into()];
    let row = txn.query_one_raw(sql::statement(backend, select, values)).await?;
    let keys = row.map(|row| row.try_get::<i64>("", "keys")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(keys).unwrap_or(0))
}

/// Counts the parked keys of each group that has any, across tenants.
pub async fn parked_keys(db: &Database) -> Result<BTreeMap<String, u64>, DbErr> {
    let txn = db.read_system().await?;
    let backend = txn.get_database_backend();
    let select = "SELECT consumer, count(*) AS keys FROM parked_keys GROUP BY consumer";
    let mut parked = BTreeMap::new();
    for row in txn.query_all_raw(Statement::from_string(backend, select)).await? {
        let keys: i64 = row.try_get("", "keys")?;
        parked.insert(row.try_get("", "consumer")?, u64::try_from(keys).unwrap_or(0));
    }
    Ok(parked)
}
