//! The generation of each partition a consumer stands in, and the replays asked for.

use chassis::database::Database;
use sea_orm::{ConnectionTrait, DbErr, Value};

use crate::{log::Partition, sql};

/// How a consumer stands in a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standpoint {
    pub(crate) partition: Partition,
    /// Claims under an older one are refused.
    pub(crate) generation: i64,
    /// Where a replay asks to read from, until that is done.
    pub(crate) rewind_to: Option<i64>,
}

/// Reads how `group` stands in each of `partitions`, and enters those it never stood in.
pub(crate) async fn enter(
    db: &Database,
    group: &str,
    partitions: &[Partition],
) -> Result<Vec<Standpoint>, DbErr> {
    let known = {
        let txn = db.read_system().await?;
        known(&txn, group).await?
    };
    let is_known = |partition: &Partition| known.iter().any(|it| it.partition == *partition);
    if partitions.iter().all(is_known) {
        return Ok(known.into_iter().filter(|it| partitions.contains(&it.partition)).collect());
    }
    let txn = db.begin_system().await?;
    for partition in partitions.iter().filter(|partition| !is_known(partition)) {
        add(&txn, group, partition).await?;
    }
    let known = self::known(&txn, group).await?;
    txn.commit().await?;
    Ok(known.into_iter().filter(|it| partitions.contains(&it.partition)).collect())
}

async fn known(conn: &impl ConnectionTrait, group: &str) -> Result<Vec<Standpoint>, DbErr> {
    let backend = conn.get_database_backend();
    let select = "SELECT topic, log_partition, generation, rewind_to FROM consumer_partitions
                  WHERE consumer = $1 ORDER BY topic, log_partition";
    let rows = conn.query_all_raw(sql::statement(backend, select, [group.into()])).await?;
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        let topic: String = row.try_get("", "topic")?;
        known.push(Standpoint {
            partition: Partition::new(&topic, row.try_get("", "log_partition")?),
            generation: row.try_get("", "generation")?,
            rewind_to: row.try_get("", "rewind_to")?,
        });
    }
    Ok(known)
}

async fn add(conn: &impl ConnectionTrait, group: &str, partition: &Partition) -> Result<(), DbErr> {
    let backend = conn.get_database_backend();
    let insert = "INSERT INTO consumer_partitions (consumer, topic, log_partition, generation)
                  VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING";
    conn.execute_raw(sql::statement(backend, insert, place(group, partition))).await?;
    Ok(())
}

fn place(group: &str, partition: &Partition) -> [Value; 3] {
    [group.into(), partition.topic.as_ref().into(), partition.number.into()]
}

/// Begins another generation that reads from `offset`. Waits for every claim that is under way.
pub(crate) async fn fence(
    conn: &impl ConnectionTrait,
    group: &str,
    partition: &Partition,
    offset: i64,
) -> Result<(), DbErr> {
    add(conn, group, partition).await?;
    let backend = conn.get_database_backend();
    let [group, topic, number] = place(group, partition);
    let update = "UPDATE consumer_partitions SET generation = generation + 1, rewind_to = $4
                  WHERE consumer = $1 AND topic = $2 AND log_partition = $3";
    let values = [group, topic, number, offset.into()];
    conn.execute_raw(sql::statement(backend, update, values)).await?;
    Ok(())
}

/// Notes that the replay of that generation has begun; `false` if yet another was asked for since.
pub(crate) async fn rewound(
    db: &Database,
    group: &str,
    partition: &Partition,
    generation: i64,
) -> Result<bool, DbErr> {
    let txn = db.begin_system().await?;
    let backend = txn.get_database_backend();
    let [group, topic, number] = place(group, partition);
    let update = "UPDATE consumer_partitions SET rewind_to = NULL
                  WHERE consumer = $1 AND topic = $2 AND log_partition = $3 AND generation = $4";
    let values = [group, topic, number, generation.into()];
    let updated = txn.execute_raw(sql::statement(backend, update, values)).await?.rows_affected();
    txn.commit().await?;
    Ok(updated == 1)
}

/// Every partition, of any consumer of this database, whose replay has not begun yet.
pub(crate) async fn to_rewind(db: &Database) -> Result<Vec<(String, Partition)>, DbErr> {
    let txn = db.read_system().await?;
    let backend = txn.get_database_backend();
    let select = "SELECT consumer, topic, log_partition FROM consumer_partitions
                  WHERE rewind_to IS NOT NULL";
    let rows = txn.query_all_raw(sea_orm::Statement::from_string(backend, select)).await?;
    let mut waiting = Vec::new();
    for row in rows {
        let topic: String = row.try_get("", "topic")?;
        let partition = Partition::new(&topic, row.try_get("", "log_partition")?);
        waiting.push((row.try_get("", "consumer")?, partition));
    }
    Ok(waiting)
}
