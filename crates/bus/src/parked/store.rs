//! The tables `parked_keys` and `parked_events`. Whoever changes a key's events holds its row locked.

use bytes::Bytes;
use chassis::tenant::TenantId;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};
use uuid::Uuid;

use super::ParkedKey;
use crate::{
    headers,
    log::{Delivered, Partition, Record},
    message::Envelope,
    sql,
};

/// Parks the event that failed, and with it its key.
pub(crate) async fn park(
    conn: &impl ConnectionTrait,
    group: &str,
    event: &Envelope,
    delivered: &Delivered,
    failure: &str,
) -> Result<(), DbErr> {
    let backend = conn.get_database_backend();
    let insert = "INSERT INTO parked_keys
         (tenant_id, consumer, aggregate, parked_key_id, events, next_position, event_id, kind, failure)
         VALUES ($1, $2, $3, $4, 0, 0, $5, $6, $7)
         ON CONFLICT (tenant_id, consumer, aggregate) DO NOTHING";
    let values: [Value; 7] = [
        event.tenant.as_uuid().into(),
        group.into(),
        event.aggregate.as_str().into(),
        Uuid::new_v4().into(),
        event.id.into(),
        event.kind.as_str().into(),
        failure.into(),
    ];
    conn.execute_raw(sql::statement(backend, insert, values)).await?;
    park_behind(conn, group, event, delivered).await?;
    Ok(())
}

/// Parks an event behind those of its key; `false` if the key is no longer parked.
pub(crate) async fn park_behind(
    conn: &impl ConnectionTrait,
    group: &str,
    event: &Envelope,
    delivered: &Delivered,
) -> Result<bool, DbErr> {
    let backend = conn.get_database_backend();
    // Locks the row, so that a redrive cannot end between this look and the insert below.
    let lock = "UPDATE parked_keys SET next_position = next_position + 1
                WHERE tenant_id = $1 AND consumer = $2 AND aggregate = $3
                RETURNING next_position";
    let key: [Value; 3] =
        [event.tenant.as_uuid().into(), group.into(), event.aggregate.as_str().into()];
    let Some(row) = conn.query_one_raw(sql::statement(backend, lock, key.clone())).await? else {
        return Ok(false);
    };
    let position: i64 = row.try_get("", "next_position")?;
    let insert = "INSERT INTO parked_events
         (tenant_id, consumer, aggregate, position, event_id, topic, log_partition, log_offset, headers, payload)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT DO NOTHING";
    let [tenant, consumer, aggregate] = key.clone();
    let values: [Value; 10] = [
        tenant,
        consumer,
        aggregate,
        position.into(),
        event.id.into(),
        event.topic().into(),
        event.partition.number.into(),
        event.offset.into(),
        headers::encode(&delivered.record.headers).into(),
        event.payload.to_vec().into(),
    ];
    // A redelivery of an event that is parked already adds nothing.
    let added = conn.execute_raw(sql::statement(backend, insert, values)).await?.rows_affected();
    if added == 1 {
        let count = "UPDATE parked_keys SET events = events + 1
                     WHERE tenant_id = $1 AND consumer = $2 AND aggregate = $3";
        conn.execute_raw(sql::statement(backend, count, key)).await?;
    }
    Ok(true)
}

/// An event as it was parked.
#[derive(Clone, Debug)]
pub(super) struct ParkedEvent {
    pub(super) position: i64,
    pub(super) delivered: Delivered,
}

/// The first event of a parked key.
pub(super) async fn first(
    conn: &impl ConnectionTrait,
    key: &ParkedKey,
) -> Result<Option<ParkedEvent>, DbErr> {
    let backend = conn.get_database_backend();
    let select = "SELECT position, topic, log_partition, log_offset, headers, payload
                  FROM parked_events
                  WHERE tenant_id = $1 AND consumer = $2 AND aggregate = $3
                  ORDER BY position LIMIT 1";
    let Some(row) = conn.query_one_raw(sql::statement(backend, select, place(key))).await? else {
        return Ok(None);
    };
    let topic: String = row.try_get("", "topic")?;
    let headers = headers::decode(row.try_get("", "headers")?)
        .ok_or_else(|| DbErr::Type("headers of a parked event are damaged".into()))?;
    let payload = Bytes::from(row.try_get::<Vec<u8>>("", "payload")?);
    Ok(Some(ParkedEvent {
        position: row.try_get("", "position")?,
        delivered: Delivered {
            partition: Partition::new(&topic, row.try_get("", "log_partition")?),
            offset: row.try_get("", "log_offset")?,
            time: DateTime::default(),
            record: Record {
                topic,
                key: Some(key.aggregate.clone().into()),
                headers,
                payload: Some(payload),
            },
        },
    }))
}

/// Locks the key and takes its event out; `false` if somebody else did, or a replay has cleared it.
pub(super) async fn take(
    conn: &impl ConnectionTrait,
    key: &ParkedKey,
    position: i64,
) -> Result<bool, DbErr> {
    let backend = conn.get_database_backend();
    let lock = format!(
        "SELECT events FROM parked_keys WHERE tenant_id = $1 AND consumer = $2 AND aggregate = $3 {}",
        sql::lock(backend),
    );
    if conn.query_one_raw(sql::statement(backend, lock, place(key))).await?.is_none() {
        return Ok(false);
    }
    let [tenant, group, aggregate] = place(key);
    let delete = "DELETE FROM parked_events
                  WHERE tenant_id = $1 AND consumer = $2 AND aggregate = $3 AND position = $4";
    let values = [tenant, group, aggregate, position.into()];
    let deleted = conn.execute_raw(sql::statement(backend, delete, values)).await?.rows_affected();
    if deleted == 0 {
        return Ok(false);
    }
    count_down(conn, key, 1).await?;
    Ok(true)
}

/// Takes `events` off the count; the last one frees the key.
async fn count_down(
    conn: &impl ConnectionTrait,
    key: &ParkedKey,
    events: i64,
) -> Result<(), DbErr> {
    let backend = conn.get_database_backend();
    let [tenant, group, aggregate] = place(key);
    let update = "UPDATE parked_keys SET events = events - $4
                  WHERE tenant_id = $1 AND consumer = $2 AND aggregate = $3";
    let values = [tenant, group, aggregate, events.into()];
    conn.execute_raw(sql::statement(backend, update, values)).await?;
    let free = "DELETE FROM parked_keys
                WHERE tenant_id = $1 AND consumer = $2 AND aggregate = $3 AND events <= 0";
    conn.execute_raw(sql::statement(backend, free, place(key))).await?;
    Ok(())
}

/// Notes why the first event of the key failed again.
pub(super) async fn note_failure(
    conn: &impl ConnectionTrait,
    key: &ParkedKey,
    event: &Envelope,
    failure: &str,
) -> Result<(), DbErr> {
    let backend = conn.get_database_backend();
    let update = "UPDATE parked_keys SET event_id = $4, kind = $5, failure = $6
                  WHERE tenant_id = $1 AND consumer = $2 AND aggregate = $3";
    let [tenant, group, aggregate] = place(key);
    let values: [Value; 6] =
        [tenant, group, aggregate, event.id.into(), event.kind.as_str().into(), failure.into()];
    conn.execute_raw(sql::statement(backend, update, values)).await?;
    Ok(())
}

/// Forgets what is parked of a partition from `offset` on: a replay brings it again.
///
/// The caller has fenced every partition of the group, so nobody else changes its keys meanwhile.
pub(crate) async fn forget(
    conn: &impl ConnectionTrait,
    group: &str,
    partition: &Partition,
    offset: i64,
) -> Result<(), DbErr> {
    let backend = conn.get_database_backend();
    let values: [Value; 4] =
        [group.into(), partition.topic.as_ref().into(), partition.number.into(), offset.into()];
    let delete = "DELETE FROM parked_events
                  WHERE consumer = $1 AND topic = $2 AND log_partition = $3 AND log_offset >= $4";
    conn.execute_raw(sql::statement(backend, delete, values)).await?;
    let count = "UPDATE parked_keys SET events = (
                     SELECT count(*) FROM parked_events e
                     WHERE e.tenant_id = parked_keys.tenant_id
                     AND e.consumer = parked_keys.consumer AND e.aggregate = parked_keys.aggregate
                 ) WHERE consumer = $1";
    conn.execute_raw(sql::statement(backend, count, [group.into()])).await?;
    let free = "DELETE FROM parked_keys WHERE consumer = $1 AND events = 0";
    conn.execute_raw(sql::statement(backend, free, [group.into()])).await?;
    Ok(())
}

fn place(key: &ParkedKey) -> [Value; 3] {
    [key.tenant.as_uuid().into(), key.group.as_str().into(), key.aggregate.as_str().into()]
}

const COLUMNS: &str =
    "parked_key_id, consumer, tenant_id, aggregate, events, event_id, kind, failure, park_ms";

pub(super) async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    group: &str,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: u32,
) -> Result<Vec<ParkedKey>, DbErr> {
    let backend = conn.get_database_backend();
    let (after_ms, after_id) =
        after.map_or((i64::MIN, Uuid::nil()), |(time, id)| (time.timestamp_millis(), id));
    let select = format!(
        "SELECT {COLUMNS} FROM parked_keys
         WHERE tenant_id = $1 AND consumer = $2
         AND (park_ms > $3 OR (park_ms = $3 AND parked_key_id > $4))
         ORDER BY park_ms, parked_key_id LIMIT {limit}"
    );
    let values: [Value; 4] =
        [tenant.as_uuid().into(), group.into(), after_ms.into(), after_id.into()];
    let rows = conn.query_all_raw(sql::statement(backend, select, values)).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn find(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: Uuid,
) -> Result<Option<ParkedKey>, DbErr> {
    let backend = conn.get_database_backend();
    let select =
        format!("SELECT {COLUMNS} FROM parked_keys WHERE tenant_id = $1 AND parked_key_id = $2");
    let values: [Value; 2] = [tenant.as_uuid().into(), id.into()];
    let row = conn.query_one_raw(sql::statement(backend, select, values)).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &QueryResult) -> Result<ParkedKey, DbErr> {
    let park_ms: i64 = row.try_get("", "park_ms")?;
    Ok(ParkedKey {
        id: row.try_get("", "parked_key_id")?,
        group: row.try_get("", "consumer")?,
        tenant: TenantId::new(row.try_get("", "tenant_id")?),
        aggregate: row.try_get("", "aggregate")?,
        events: u64::try_from(row.try_get::<i64>("", "events")?).unwrap_or(0),
        event_id: row.try_get("", "event_id")?,
        kind: row.try_get("", "kind")?,
        failure: row.try_get("", "failure")?,
        park_time: DateTime::from_timestamp_millis(park_ms).unwrap_or_default(),
    })
}
