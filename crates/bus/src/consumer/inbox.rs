//! Which events a consumer has dealt with. Every statement here belongs to the effect's own transaction.

use sea_orm::{ConnectionTrait, DbErr, Value};

use crate::{log::Partition, message::Envelope, sql};

/// Who claims: a consumer group, as it stood in the partition when it took the event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claimant<'a> {
    pub(crate) group: &'a str,
    /// Generation of the partition; a replay begins another.
    pub(crate) generation: i64,
}

/// How an event stands with a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nobody has dealt with it, and nothing of its key is parked.
    Free,
    /// It was dealt with.
    Seen,
    /// Earlier events of its key are parked, so it has to wait behind them.
    Behind,
    /// A replay began since the event was taken; it will come again.
    Fenced,
}

/// Claims the event; `false` if it is seen, behind a parked one, or fenced.
///
/// One statement, so that the usual case costs one round trip.
pub(crate) async fn claim(
    conn: &impl ConnectionTrait,
    claimant: Claimant<'_>,
    event: &Envelope,
) -> Result<bool, DbErr> {
    let backend = conn.get_database_backend();
    let claim = format!(
        "INSERT INTO inbox (consumer, event_id, tenant_id, topic, log_partition, log_offset)
         SELECT p.consumer, $1, $2, p.topic, p.log_partition, $3 FROM consumer_partitions p
         WHERE p.consumer = $4 AND p.topic = $5 AND p.log_partition = $6 AND p.generation = $7
         AND NOT EXISTS (
             SELECT 1 FROM parked_keys k
             WHERE k.tenant_id = $2 AND k.consumer = $4 AND k.aggregate = $8
         )
         {}
         ON CONFLICT DO NOTHING",
        share_of(backend, "p"),
    );
    let values: [Value; 8] = [
        event.id.into(),
        event.tenant.as_uuid().into(),
        event.offset.into(),
        claimant.group.into(),
        event.topic().into(),
        event.partition.number.into(),
        claimant.generation.into(),
        event.aggregate.as_str().into(),
    ];
    let inserted = conn.execute_raw(sql::statement(backend, claim, values)).await?;
    Ok(inserted.rows_affected() == 1)
}

/// Claims an event that is parked, which need not wait for itself; `false` if it is seen.
///
/// Shares the partition's row first, as every writer here does, so that none waits in a circle.
pub(crate) async fn claim_parked(
    conn: &impl ConnectionTrait,
    group: &str,
    event: &Envelope,
) -> Result<bool, DbErr> {
    let backend = conn.get_database_backend();
    let share = format!(
        "SELECT generation FROM consumer_partitions
         WHERE consumer = $1 AND topic = $2 AND log_partition = $3 {}",
        sql::share_lock(backend),
    );
    let place: [Value; 3] = [group.into(), event.topic().into(), event.partition.number.into()];
    conn.query_one_raw(sql::statement(backend, share, place)).await?;
    mark_seen(conn, group, event).await
}

/// Marks an event as dealt with, whatever else holds; `false` if it was.
pub(crate) async fn mark_seen(
    conn: &impl ConnectionTrait,
    group: &str,
    event: &Envelope,
) -> Result<bool, DbErr> {
    let backend = conn.get_database_backend();
    let insert =
        "INSERT INTO inbox (consumer, event_id, tenant_id, topic, log_partition, log_offset)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values: [Value; 6] = [
        group.into(),
        event.id.into(),
        event.tenant.as_uuid().into(),
        event.topic().into(),
        event.partition.number.into(),
        event.offset.into(),
    ];
    let inserted = conn.execute_raw(sql::statement(backend, insert, values)).await?;
    Ok(inserted.rows_affected() == 1)
}

/// Tells how the event stands, and keeps a replay from beginning until the transaction ends.
pub(crate) async fn standing(
    conn: &impl ConnectionTrait,
    claimant: Claimant<'_>,
    event: &Envelope,
) -> Result<Standing, DbErr> {
    let backend = conn.get_database_backend();
    let select = format!(
        "SELECT
             CASE WHEN EXISTS (
                 SELECT 1 FROM inbox WHERE consumer = $1 AND event_id = $2
             ) THEN 1 ELSE 0 END AS is_seen,
             CASE WHEN EXISTS (
                 SELECT 1 FROM parked_keys
                 WHERE tenant_id = $3 AND consumer = $1 AND aggregate = $4
             ) THEN 1 ELSE 0 END AS is_behind
         FROM consumer_partitions p
         WHERE p.consumer = $1 AND p.topic = $5 AND p.log_partition = $6 AND p.generation = $7
         {}",
        share_of(backend, "p"),
    );
    let values: [Value; 7] = [
        claimant.group.into(),
        event.id.into(),
        event.tenant.as_uuid().into(),
        event.aggregate.as_str().into(),
        event.topic().into(),
        event.partition.number.into(),
        claimant.generation.into(),
    ];
    let Some(row) = conn.query_one_raw(sql::statement(backend, select, values)).await? else {
        return Ok(Standing::Fenced);
    };
    if row.try_get::<i32>("", "is_seen")? == 1 {
        return Ok(Standing::Seen);
    }
    if row.try_get::<i32>("", "is_behind")? == 1 {
        return Ok(Standing::Behind);
    }
    Ok(Standing::Free)
}

/// Forgets what the consumer saw of a partition from `offset` on.
pub(crate) async fn forget(
    conn: &impl ConnectionTrait,
    group: &str,
    partition: &Partition,
    offset: i64,
) -> Result<(), DbErr> {
    let backend = conn.get_database_backend();
    let delete = "DELETE FROM inbox
                  WHERE consumer = $1 AND topic = $2 AND log_partition = $3 AND log_offset >= $4";
    let values: [Value; 4] =
        [group.into(), partition.topic.as_ref().into(), partition.number.into(), offset.into()];
    conn.execute_raw(sql::statement(backend, delete, values)).await?;
    Ok(())
}

fn share_of(backend: sea_orm::DbBackend, alias: &str) -> String {
    match sql::share_lock(backend) {
        "" => String::new(),
        lock => format!("{lock} OF {alias}"),
    }
}
