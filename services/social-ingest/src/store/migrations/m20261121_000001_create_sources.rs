//! Adds the configured endpoints of channels, with their sealed credentials.

use chassis::database::{
    schema::{
        big_integer, blob_null, index, string, string_null, tenant_table, timestamp_with_time_zone,
        unique,
    },
    tenant_tables,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = tenant_table("sources");
        for column in [
            string("display_name"),
            string("channel"),
            string_null("api_base_url"),
            string("state"),
            string("realm"),
            blob_null("credentials"),
            timestamp_with_time_zone("create_time"),
            timestamp_with_time_zone("update_time"),
            big_integer("version"),
        ] {
            table.col(column);
        }
        manager.create_table(table).await?;
        // A webhook names the source and no tenant.
        manager.create_index(index("sources", &["id"])).await?;
        let connected = Expr::col("state").eq("CONNECTED");
        let account =
            unique("sources", &["tenant_id", "channel", "realm"]).and_where(connected).take();
        manager.create_index(account).await?;
        tenant_tables(manager, &["sources"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sources").take()).await
    }
}
