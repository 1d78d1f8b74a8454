//! Adds what comes in: webhooks as they came, who wrote them, and the messages they became.

use chassis::database::{
    schema::{
        big_integer, blob, blob_null, double_null, index, string, string_null, tenant_table, text,
        timestamp_with_time_zone, timestamp_with_time_zone_null, unique, uuid, uuid_null,
    },
    tenant_tables,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_threads(manager).await?;
        create_envelopes(manager).await?;
        create_inbound_messages(manager).await?;
        tenant_tables(manager, &["threads", "envelopes", "inbound_messages"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["inbound_messages", "envelopes", "threads"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

async fn create_threads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = tenant_table("threads");
    for column in [
        uuid("source_id"),
        string("external_id"),
        timestamp_with_time_zone("create_time"),
        big_integer("version"),
        big_integer("deliveries"),
    ] {
        table.col(column);
    }
    manager.create_table(table).await?;
    manager.create_index(unique("threads", &["tenant_id", "source_id", "external_id"])).await
}

async fn create_envelopes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = tenant_table("envelopes");
    for column in [
        uuid("source_id"),
        string("dedupe_key"),
        string("state"),
        string_null("message_type"),
        string_null("failure"),
        blob("body"),
        blob_null("document"),
        uuid_null("inbound_message_id"),
        timestamp_with_time_zone("receive_time"),
    ] {
        table.col(column);
    }
    manager.create_table(table).await?;
    manager.create_index(unique("envelopes", &["tenant_id", "source_id", "dedupe_key"])).await?;
    manager.create_index(index("envelopes", &["tenant_id", "source_id", "id"])).await?;
    let pending = Expr::col("state").eq("STORED");
    let oldest =
        index("envelopes", &["tenant_id", "source_id", "receive_time"]).and_where(pending).take();
    manager.create_index(oldest).await
}

async fn create_inbound_messages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = tenant_table("inbound_messages");
    for column in [
        uuid("envelope_id"),
        uuid("source_id"),
        uuid("thread_id"),
        string("kind"),
        text("text"),
        string_null("language_code"),
        string_null("sentiment"),
        double_null("sentiment_score"),
        string_null("intent"),
        double_null("intent_confidence"),
        string_null("model"),
        timestamp_with_time_zone("provider_time"),
        timestamp_with_time_zone("receive_time"),
        timestamp_with_time_zone_null("project_time"),
        timestamp_with_time_zone_null("answer_time"),
    ] {
        table.col(column);
    }
    manager.create_table(table).await?;
    manager.create_index(unique("inbound_messages", &["tenant_id", "envelope_id"])).await?;
    manager.create_index(index("inbound_messages", &["tenant_id", "source_id", "id"])).await?;
    manager.create_index(index("inbound_messages", &["tenant_id", "thread_id", "id"])).await?;
    let gap = Expr::col("project_time").is_null();
    let oldest = index("inbound_messages", &["tenant_id", "source_id", "receive_time"])
        .and_where(gap)
        .take();
    manager.create_index(oldest).await
}
