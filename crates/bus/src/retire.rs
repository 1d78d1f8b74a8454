//! Forgetting a consumer group for good, once nobody reads for it any more.

use sea_orm::{ConnectionTrait, DbErr, Value};

use crate::sql;

/// What is left of a group once its inbox is empty.
const REST: [&str; 3] = ["parked_events", "parked_keys", "consumer_partitions"];

/// Removes up to `limit` events of the group's inbox, and with the last of them everything else that
/// is kept for it. Returns how many events those were; 0 says that nothing is left.
///
/// The transaction must see all tenants. The group must not run: it would begin anew.
pub async fn retire(conn: &impl ConnectionTrait, group: &str, limit: u64) -> Result<u64, DbErr> {
    let backend = conn.get_database_backend();
    let batch = "DELETE FROM inbox WHERE consumer = $1 AND event_id IN (
                     SELECT event_id FROM inbox WHERE consumer = $1 LIMIT $2
                 )";
    let limit_value = Value::from(i64::try_from(limit).unwrap_or(i64::MAX));
    let batch = sql::statement(backend, batch, [group.into(), limit_value]);
    let removed = conn.execute_raw(batch).await?.rows_affected();
    if removed < limit {
        for table in REST {
            let rest = format!("DELETE FROM {table} WHERE consumer = $1");
            conn.execute_raw(sql::statement(backend, rest, [group.into()])).await?;
        }
    }
    Ok(removed)
}
