//! The file of the embedded log: who may open it, its tables, and reading from them.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use sea_orm::sqlx::{
    self, ConnectOptions, Executor, Row, SqliteConnection, SqlitePool,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};

use crate::{
    headers,
    log::{Delivered, LogError, Partition, Record},
};

/// What `PRAGMA user_version` says in a file of this format.
const FORMAT: i64 = 1;

const TABLES: &str = "
    CREATE TABLE topics (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        partitions INTEGER NOT NULL
    );
    CREATE TABLE records (
        topic INTEGER NOT NULL REFERENCES topics (id),
        partition INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        time INTEGER NOT NULL,
        key BLOB,
        headers BLOB NOT NULL,
        payload BLOB,
        UNIQUE (topic, partition, offset)
    );
    CREATE TABLE stored_offsets (
        consumer TEXT NOT NULL,
        topic INTEGER NOT NULL REFERENCES topics (id),
        partition INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        PRIMARY KEY (consumer, topic, partition)
    ) WITHOUT ROWID;
    PRAGMA user_version = 1;
";

/// An open file, locked against other processes for as long as this lives.
#[derive(Debug)]
pub(super) struct EventsFile {
    readers: SqlitePool,
    _lock: File,
}

impl EventsFile {
    /// Opens the file for reading, and its one writing connection.
    pub(super) async fn open(path: &Path) -> anyhow::Result<(Self, SqliteConnection)> {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await.context("create folder of the event log")?;
        }
        let lock = lock(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .disable_statement_logging();
        let mut writer = options
            .clone()
            .create_if_missing(true)
            .connect()
            .await
            .with_context(|| format!("open event log `{}`", path.display()))?;
        prepare(&mut writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect_lazy_with(options.pragma("query_only", "ON"));
        Ok((Self { readers, _lock: lock }, writer))
    }

    /// Every topic: id, name and partitions.
    pub(super) async fn topics(&self) -> Result<Vec<(i64, String, i32)>, sqlx::Error> {
        sqlx::query_as("SELECT id, name, partitions FROM topics").fetch_all(&self.readers).await
    }

    /// The offset that the next record of the partition gets.
    pub(super) async fn end(&self, topic: i64, partition: i32) -> Result<i64, sqlx::Error> {
        end(&self.readers, topic, partition).await
    }

    /// Every stored offset: group, topic, partition and offset.
    pub(super) async fn stored(&self) -> Result<Vec<(String, String, i32, i64)>, sqlx::Error> {
        sqlx::query_as(
            "SELECT consumer, name, partition, offset FROM stored_offsets
             JOIN topics ON topics.id = stored_offsets.topic",
        )
        .fetch_all(&self.readers)
        .await
    }

    /// Reads at most `limit` records of a partition from `offset` on.
    pub(super) async fn read(
        &self,
        topic: i64,
        partition: &Partition,
        offset: i64,
        limit: usize,
    ) -> Result<Vec<Delivered>, LogError> {
        let rows = sqlx::query(
            "SELECT offset, time, key, headers, payload FROM records
             WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?",
        )
        .bind(topic)
        .bind(partition.number)
        .bind(offset)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await
        .map_err(unavailable)?;
        rows.iter().map(|row| delivered(row, partition).map_err(unavailable)).collect()
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
    }
}

/// The offset that the next record of the partition gets, as the database has it.
pub(super) async fn end<'c>(
    executor: impl Executor<'c, Database = sqlx::Sqlite>,
    topic: i64,
    partition: i32,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT coalesce(max(offset) + 1, 0) FROM records WHERE topic = ? AND partition = ?",
    )
    .bind(topic)
    .bind(partition)
    .fetch_one(executor)
    .await
}

/// Says that the file failed. Its messages name tables and paths, never a row's values.
pub(super) fn unavailable(error: sqlx::Error) -> LogError {
    LogError::Unavailable(error.to_string())
}

fn lock(path: &Path) -> anyhow::Result<File> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(&name)
        .context("open lock file of the event log")?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "event log `{}` is in use by another process: stop that one, choose another file, or \
             share events over Kafka (`KAFKA_BROKERS`)",
            path.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).context("lock the event log"),
    }
}

async fn prepare(writer: &mut SqliteConnection) -> anyhow::Result<()> {
    let format: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut *writer)
        .await
        .context("read format")?;
    match format {
        0 => {
            let create = format!("BEGIN IMMEDIATE; {TABLES} COMMIT;");
            writer.execute(sqlx::AssertSqlSafe(create)).await.context("create tables")?;
            Ok(())
        }
        FORMAT => Ok(()),
        newer => bail!("event log has format {newer}, and this release reads only {FORMAT}"),
    }
}

fn delivered(row: &SqliteRow, partition: &Partition) -> Result<Delivered, sqlx::Error> {
    let damaged = || sqlx::Error::Decode("headers of a record are damaged".into());
    let bytes =
        |column| Ok::<_, sqlx::Error>(row.try_get::<Option<Vec<u8>>, _>(column)?.map(Into::into));
    Ok(Delivered {
        partition: partition.clone(),
        offset: row.try_get("offset")?,
        time: time(row.try_get("time")?),
        record: Record {
            topic: partition.topic.as_ref().to_owned(),
            key: bytes("key")?,
            headers: headers::decode(row.try_get("headers")?).ok_or_else(damaged)?,
            payload: bytes("payload")?,
        },
    })
}

fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}
