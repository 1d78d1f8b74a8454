//! Adds the ledger of replies: one row per message and attempt.

use chassis::database::{
    schema::{
        big_integer, index, integer, string, string_null, tenant_table, timestamp_with_time_zone,
        timestamp_with_time_zone_null, unique, uuid, uuid_null,
    },
    tenant_tables,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = tenant_table("deliveries");
        for column in [
            uuid("conversation_id"),
            uuid("message_id"),
            integer("attempt"),
            uuid("source_id"),
            uuid("thread_id"),
            big_integer("position"),
            string("channel"),
            string("state"),
            integer("attempts"),
            integer("parts_sent"),
            string_null("failure_reason"),
            big_integer("provider_code"),
            timestamp_with_time_zone_null("next_attempt_time"),
            uuid_null("lease_owner"),
            timestamp_with_time_zone_null("lease_expire_time"),
            timestamp_with_time_zone("create_time"),
            timestamp_with_time_zone("update_time"),
            big_integer("version"),
            string_null("traceparent"),
        ] {
            table.col(column);
        }
        manager.create_table(table).await?;
        manager.create_index(unique("deliveries", &["tenant_id", "message_id", "attempt"])).await?;
        manager.create_index(index("deliveries", &["tenant_id", "source_id", "id"])).await?;
        for (columns, states) in [
            // What is due, and what comes before it in its thread.
            (["state", "next_attempt_time"].as_slice(), ["PENDING", "SENDING"]),
            (&["tenant_id", "thread_id", "position"], ["PENDING", "SENDING"]),
            // What was left behind, and what is in doubt.
            (&["state", "update_time"], ["SENDING", "UNKNOWN"]),
        ] {
            let some = Expr::col("state").is_in(states);
            manager.create_index(index("deliveries", columns).and_where(some).take()).await?;
        }
        tenant_tables(manager, &["deliveries"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("deliveries").take()).await
    }
}
