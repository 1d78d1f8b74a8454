//! Adds accounts.

use chassis::database::{
    schema::{
        big_integer, index, string, string_null, tenant_table, text, timestamp_with_time_zone,
        timestamp_with_time_zone_null, unique,
    },
    tenant_tables,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut accounts = tenant_table("accounts");
        accounts
            .col(text("display_name"))
            .col(string_null("domain"))
            .col(string("industry"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("create_time"))
            .col(timestamp_with_time_zone("update_time"))
            .col(timestamp_with_time_zone_null("delete_time"));
        manager.create_table(accounts).await?;
        manager.create_index(index("accounts", &["tenant_id", "create_time", "id"])).await?;
        let mut domain = unique("accounts", &["tenant_id", "domain"]);
        domain.and_where(Expr::col("delete_time").is_null());
        manager.create_index(domain).await?;
        tenant_tables(manager, &["accounts"]).await
    }
}
