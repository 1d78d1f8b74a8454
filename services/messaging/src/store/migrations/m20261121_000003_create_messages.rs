//! Adds messages, numbered per conversation; no inbound message and no cause makes two.

use chassis::database::{
    schema::{
        big_integer, integer, string, string_null, tenant_table, text, timestamp_with_time_zone,
        timestamp_with_time_zone_null, unique, uuid, uuid_null,
    },
    tenant_tables,
};
use sea_orm_migration::{prelude::*, schema::json_binary_null};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = tenant_table("messages")
            .col(uuid("conversation_id"))
            .col(big_integer("sequence"))
            .col(string("direction"))
            .col(string("author"))
            .col(string_null("agent"))
            .col(text("text"))
            .col(string("state"))
            .col(string_null("failure_reason"))
            .col(json_binary_null("analysis"))
            .col(uuid_null("in_reply_to_id"))
            .col(uuid_null("inbound_message_id"))
            .col(uuid_null("cause_event_id"))
            .col(integer("attempt"))
            .col(timestamp_with_time_zone_null("provider_time"))
            .col(timestamp_with_time_zone("create_time"))
            .col(timestamp_with_time_zone_null("send_time"))
            .take();
        manager.create_table(table).await?;
        for columns in [
            &["tenant_id", "conversation_id", "sequence"][..],
            &["tenant_id", "inbound_message_id"],
            &["tenant_id", "cause_event_id"],
        ] {
            manager.create_index(unique("messages", columns)).await?;
        }
        tenant_tables(manager, &["messages"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("messages").take()).await
    }
}
