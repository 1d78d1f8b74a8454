//! Adds the outbox and the lease of whoever publishes it.

use async_trait::async_trait;
use chassis::database::tenant_tables;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use crate::sql;

/// The migration.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20260901_000002_create_outbox"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let backend = connection.get_database_backend();
        let types = Types::of(backend);
        let now = sql::now_ms(backend);
        connection.execute_unprepared(&types.outbox(now)).await?;
        connection
            .execute_unprepared(
                "CREATE TABLE relay_leases (
                    shard TEXT NOT NULL PRIMARY KEY,
                    owner TEXT NOT NULL,
                    epoch BIGINT NOT NULL,
                    expire_ms BIGINT NOT NULL
                )",
            )
            .await?;
        if backend == DbBackend::Postgres {
            // A queue lives at one end of its index: dead rows there must go soon.
            connection
                .execute_unprepared(
                    "ALTER TABLE outbox SET (
                        autovacuum_vacuum_scale_factor = 0,
                        autovacuum_vacuum_threshold = 1000,
                        autovacuum_vacuum_cost_delay = 0
                    )",
                )
                .await?;
        }
        tenant_tables(manager, &["outbox"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("DROP TABLE relay_leases").await?;
        connection.execute_unprepared("DROP TABLE outbox").await?;
        Ok(())
    }
}

/// The column types that differ.
struct Types {
    position: &'static str,
    uuid: &'static str,
    time: &'static str,
    bytes: &'static str,
}

impl Types {
    fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self {
                position: "BIGINT GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY",
                uuid: "UUID",
                time: "TIMESTAMPTZ",
                bytes: "BYTEA",
            },
            _ => Self {
                position: "INTEGER PRIMARY KEY AUTOINCREMENT",
                uuid: "BLOB",
                time: "TEXT",
                bytes: "BLOB",
            },
        }
    }

    fn outbox(&self, now: &str) -> String {
        let Self { position, uuid, time, bytes } = self;
        format!(
            "CREATE TABLE outbox (
                position {position},
                event_id {uuid} NOT NULL,
                tenant_id {uuid} NOT NULL,
                topic TEXT NOT NULL,
                kind TEXT NOT NULL,
                aggregate TEXT NOT NULL,
                version BIGINT NOT NULL,
                occur_time {time} NOT NULL,
                causation_id {uuid},
                traceparent TEXT,
                payload {bytes} NOT NULL,
                create_ms BIGINT NOT NULL DEFAULT ({now}),
                CONSTRAINT outbox_tenant_id_aggregate_version_key UNIQUE (tenant_id, aggregate, version)
            )"
        )
    }
}
