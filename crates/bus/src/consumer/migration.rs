//! Adds what a consumer remembers: events seen, partitions it stands in, keys that are parked.

use async_trait::async_trait;
use chassis::database::tenant_tables;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::sql;

/// The migration.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20260901_000003_create_inbox"
    }
}

const TABLES: [&str; 4] = ["parked_events", "parked_keys", "consumer_partitions", "inbox"];

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let backend = connection.get_database_backend();
        let (uuid, bytes) = match backend {
            DbBackend::Postgres => ("UUID", "BYTEA"),
            _ => ("BLOB", "BLOB"),
        };
        let now = sql::now_ms(backend);
        for statement in [inbox(uuid), partitions(), keys(uuid, now), events(uuid, bytes)] {
            connection.execute_unprepared(&statement).await?;
        }
        connection
            .execute_unprepared(
                "CREATE INDEX parked_keys_park_ms_idx
                 ON parked_keys (tenant_id, consumer, park_ms, parked_key_id)",
            )
            .await?;
        tenant_tables(manager, &["inbox", "parked_keys", "parked_events"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.get_connection().execute_unprepared(&format!("DROP TABLE {table}")).await?;
        }
        Ok(())
    }
}

/// One row for each event a consumer has dealt with. Rows stay: a duplicate may come at any time.
fn inbox(uuid: &str) -> String {
    format!(
        "CREATE TABLE inbox (
            consumer TEXT NOT NULL,
            event_id {uuid} NOT NULL,
            tenant_id {uuid} NOT NULL,
            topic TEXT NOT NULL,
            log_partition INTEGER NOT NULL,
            log_offset BIGINT NOT NULL,
            PRIMARY KEY (consumer, event_id)
        )"
    )
}

/// The generation fences whoever began before a replay was asked for.
fn partitions() -> String {
    "CREATE TABLE consumer_partitions (
        consumer TEXT NOT NULL,
        topic TEXT NOT NULL,
        log_partition INTEGER NOT NULL,
        generation BIGINT NOT NULL,
        rewind_to BIGINT,
        PRIMARY KEY (consumer, topic, log_partition)
    )"
    .to_owned()
}

/// One row for each key that waits; whoever adds or takes one of its events locks it.
fn keys(uuid: &str, now: &str) -> String {
    format!(
        "CREATE TABLE parked_keys (
            tenant_id {uuid} NOT NULL,
            consumer TEXT NOT NULL,
            aggregate TEXT NOT NULL,
            parked_key_id {uuid} NOT NULL UNIQUE,
            events BIGINT NOT NULL,
            next_position BIGINT NOT NULL,
            event_id {uuid} NOT NULL,
            kind TEXT NOT NULL,
            failure TEXT NOT NULL,
            park_ms BIGINT NOT NULL DEFAULT ({now}),
            PRIMARY KEY (tenant_id, consumer, aggregate)
        )"
    )
}

/// The waiting events themselves, as they lay in the log.
fn events(uuid: &str, bytes: &str) -> String {
    format!(
        "CREATE TABLE parked_events (
            tenant_id {uuid} NOT NULL,
            consumer TEXT NOT NULL,
            aggregate TEXT NOT NULL,
            position BIGINT NOT NULL,
            event_id {uuid} NOT NULL,
            topic TEXT NOT NULL,
            log_partition INTEGER NOT NULL,
            log_offset BIGINT NOT NULL,
            headers {bytes} NOT NULL,
            payload {bytes} NOT NULL,
            PRIMARY KEY (tenant_id, consumer, aggregate, position),
            UNIQUE (consumer, event_id)
        )"
    )
}
