//! Adds conversations. A thread has at most one that is not resolved.

use chassis::database::{
    schema::{
        big_integer, index, string, string_null, tenant_table, timestamp_with_time_zone,
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
        let table = tenant_table("conversations")
            .col(uuid("inbox_id"))
            .col(uuid("contact_id"))
            .col(uuid_null("thread_id"))
            .col(string("channel"))
            .col(string("status"))
            .col(string_null("assignee"))
            .col(big_integer("last_sequence"))
            .col(timestamp_with_time_zone_null("last_inbound_time"))
            .col(timestamp_with_time_zone_null("waiting_since_time"))
            .col(uuid_null("waiting_message_id"))
            .col(timestamp_with_time_zone_null("first_response_time"))
            .col(timestamp_with_time_zone_null("snooze_until_time"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("create_time"))
            .col(timestamp_with_time_zone("update_time"))
            .take();
        manager.create_table(table).await?;
        let one_unresolved_of_a_thread = unique("conversations", &["tenant_id", "thread_id"])
            .and_where(Expr::col("status").ne("resolved"))
            .take();
        manager.create_index(one_unresolved_of_a_thread).await?;
        for columns in [
            &["tenant_id", "create_time", "id"][..],
            &["tenant_id", "contact_id", "create_time"],
            &["tenant_id", "inbox_id", "create_time"],
            &["tenant_id", "assignee", "create_time"],
        ] {
            manager.create_index(index("conversations", columns)).await?;
        }
        let waiting_to_wake = index("conversations", &["snooze_until_time"])
            .and_where(Expr::col("status").eq("snoozed"))
            .take();
        manager.create_index(waiting_to_wake).await?;
        tenant_tables(manager, &["conversations"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("conversations").take()).await
    }
}
