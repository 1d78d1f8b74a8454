//! The transactional outbox: events committed together with the state they tell of; knows no log.

mod migration;

use std::collections::BTreeMap;

use bytes::Bytes;
use chassis::{telemetry::context, tenant::TenantId};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};
use uuid::Uuid;

use crate::{log::MAX_PAYLOAD_BYTES, message::Message, sql};
pub(crate) use migration::Migration;

/// Rows of one INSERT: their columns stay below what either database binds.
const ROWS_PER_INSERT: usize = 500;

const COLUMNS: &str = "event_id, tenant_id, topic, kind, aggregate, version, occur_time, \
                       causation_id, traceparent, payload";

/// Writes events into the caller's transaction, in order, with the trace context of the current span.
///
/// The caller has locked or compared-and-swapped each aggregate before: that alone keeps its versions
/// in order. Fails on a version that is waiting already, and on a payload the log would refuse.
pub async fn append(conn: &impl ConnectionTrait, messages: &[Message]) -> Result<(), DbErr> {
    if messages.iter().any(|message| MAX_PAYLOAD_BYTES < message.payload.len()) {
        return Err(DbErr::Custom("payload of an event is too long".into()));
    }
    let traceparent = context::current_traceparent();
    let backend = conn.get_database_backend();
    for chunk in messages.chunks(ROWS_PER_INSERT) {
        let values = chunk.iter().flat_map(|message| row(message, traceparent.as_ref()));
        let insert = format!(
            "INSERT INTO outbox ({COLUMNS}) VALUES {}",
            sql::rows(backend, chunk.len(), 10)
        );
        conn.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await?;
    }
    Ok(())
}

fn row(message: &Message, traceparent: Option<&String>) -> [Value; 10] {
    [
        message.id.into(),
        message.tenant.as_uuid().into(),
        message.topic.as_str().into(),
        message.kind.as_str().into(),
        message.aggregate.as_str().into(),
        i64::try_from(message.version).unwrap_or(i64::MAX).into(),
        message.time.into(),
        message.causation.into(),
        traceparent.cloned().into(),
        message.payload.to_vec().into(),
    ]
}

/// A row that waits to be published.
#[derive(Clone, Debug)]
pub(crate) struct Unsent {
    /// Its row; says nothing about the order of commits.
    pub(crate) position: i64,
    /// How long it has waited, by the database's clock.
    pub(crate) age_ms: i64,
    pub(crate) traceparent: Option<String>,
    pub(crate) message: Message,
}

/// Reads rows that wait: at most `limit` and about `max_bytes`, the versions of an aggregate in order.
///
/// It is a scan, not a cursor: a row whose transaction commits late is seen by the next one.
pub(crate) async fn unsent(
    conn: &impl ConnectionTrait,
    limit: usize,
    max_bytes: usize,
) -> Result<Vec<Unsent>, DbErr> {
    let backend = conn.get_database_backend();
    let now = sql::now_ms(backend);
    let select = format!(
        "SELECT position, {now} - create_ms AS age_ms, {COLUMNS} FROM outbox ORDER BY position LIMIT {limit}"
    );
    let mut unsent = Vec::new();
    let mut bytes = 0;
    for row in conn.query_all_raw(Statement::from_string(backend, select)).await? {
        let row = read(&row)?;
        bytes += row.message.payload.len();
        if max_bytes < bytes && !unsent.is_empty() {
            break;
        }
        unsent.push(row);
    }
    Ok(in_version_order(unsent))
}

fn read(row: &QueryResult) -> Result<Unsent, DbErr> {
    let version: i64 = row.try_get("", "version")?;
    Ok(Unsent {
        position: row.try_get("", "position")?,
        age_ms: row.try_get("", "age_ms")?,
        traceparent: row.try_get("", "traceparent")?,
        message: Message {
            id: row.try_get("", "event_id")?,
            topic: row.try_get("", "topic")?,
            kind: row.try_get("", "kind")?,
            tenant: TenantId::new(row.try_get::<Uuid>("", "tenant_id")?),
            aggregate: row.try_get("", "aggregate")?,
            version: u64::try_from(version).unwrap_or(0),
            time: row.try_get::<DateTime<Utc>>("", "occur_time")?,
            causation: row.try_get("", "causation_id")?,
            payload: Bytes::from(row.try_get::<Vec<u8>>("", "payload")?),
        },
    })
}

/// Puts the rows of each aggregate into version order, and leaves the rest where it was.
fn in_version_order(rows: Vec<Unsent>) -> Vec<Unsent> {
    let mut places: BTreeMap<(TenantId, String), Vec<usize>> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        let aggregate = (row.message.tenant, row.message.aggregate.clone());
        places.entry(aggregate).or_default().push(place);
    }
    let mut ordered: Vec<usize> = (0..rows.len()).collect();
    for places in places.values() {
        let mut by_version = places.clone();
        by_version.sort_by_key(|place| rows[*place].message.version);
        for (place, row) in places.iter().zip(by_version) {
            ordered[*place] = row;
        }
    }
    let mut rows: Vec<Option<Unsent>> = rows.into_iter().map(Some).collect();
    ordered.into_iter().filter_map(|row| rows[row].take()).collect()
}

/// How much waits to be published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) events: u64,
    pub(crate) oldest_age_ms: u64,
}

/// Counts what waits.
pub(crate) async fn depth(conn: &impl ConnectionTrait) -> Result<Depth, DbErr> {
    let backend = conn.get_database_backend();
    let now = sql::now_ms(backend);
    let select = format!(
        "SELECT count(*) AS events, coalesce({now} - min(create_ms), 0) AS age_ms FROM outbox"
    );
    let Some(row) = conn.query_one_raw(Statement::from_string(backend, select)).await? else {
        return Ok(Depth::default());
    };
    Ok(Depth {
        events: u64::try_from(row.try_get::<i64>("", "events")?).unwrap_or(0),
        oldest_age_ms: u64::try_from(row.try_get::<i64>("", "age_ms")?).unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(position: i64, aggregate: &str, version: u64) -> Unsent {
        Unsent {
            position,
            age_ms: 0,
            traceparent: None,
            message: Message {
                id: Uuid::nil(),
                topic: String::new(),
                kind: String::new(),
                tenant: TenantId::new(Uuid::nil()),
                aggregate: aggregate.into(),
                version,
                time: DateTime::default(),
                causation: None,
                payload: Bytes::new(),
            },
        }
    }

    #[test]
    fn versions_of_an_aggregate_are_in_order_and_others_stay_in_place() {
        let rows = vec![row(1, "a", 2), row(2, "b", 1), row(3, "a", 1), row(4, "a", 3)];

        let positions: Vec<i64> = in_version_order(rows).iter().map(|row| row.position).collect();

        assert_eq!(positions, [3, 2, 1, 4]);
    }
}
