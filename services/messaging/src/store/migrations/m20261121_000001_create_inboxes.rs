//! Adds inboxes. A source has at most one live inbox.

use chassis::database::{
    schema::{
        big_integer, boolean, index, string, string_null, tenant_table, timestamp_with_time_zone,
        timestamp_with_time_zone_null, unique, uuid_null,
    },
    tenant_tables,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = tenant_table("inboxes")
            .col(string("channel"))
            .col(uuid_null("source_id"))
            .col(string("display_name"))
            .col(boolean("auto_reply"))
            .col(string_null("default_assignee"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("create_time"))
            .col(timestamp_with_time_zone("update_time"))
            .col(timestamp_with_time_zone_null("delete_time"))
            .take();
        manager.create_table(table).await?;
        let one_live_inbox_of_a_source = unique("inboxes", &["tenant_id", "source_id"])
            .and_where(Expr::col("delete_time").is_null())
            .take();
        manager.create_index(one_live_inbox_of_a_source).await?;
        manager.create_index(index("inboxes", &["tenant_id", "create_time", "id"])).await?;
        tenant_tables(manager, &["inboxes"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("inboxes").take()).await
    }
}
