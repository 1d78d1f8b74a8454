//! Adds auto-reply rules.

use chassis::database::{
    schema::{
        big_integer, boolean, index, integer, string, string_null, tenant_table,
        timestamp_with_time_zone, uuid_null,
    },
    tenant_tables,
};
use sea_orm_migration::{prelude::*, schema::json_binary};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = tenant_table("auto_reply_rules")
            .col(string("display_name"))
            .col(string("intent"))
            .col(uuid_null("inbox_id"))
            .col(string("action"))
            .col(json_binary("replies"))
            .col(string_null("assignee"))
            .col(integer("priority"))
            .col(boolean("enabled"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("create_time"))
            .col(timestamp_with_time_zone("update_time"))
            .take();
        manager.create_table(table).await?;
        let in_order = ["tenant_id", "priority", "create_time", "id"];
        manager.create_index(index("auto_reply_rules", &in_order)).await?;
        tenant_tables(manager, &["auto_reply_rules"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("auto_reply_rules").take()).await
    }
}
