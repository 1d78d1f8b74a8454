//! Adds the products.

use chassis::database::{
    schema::{
        big_integer, index, string, tenant_table, text, timestamp_with_time_zone,
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
        let mut products = tenant_table("products");
        products
            .col(string("sku"))
            .col(string("display_name"))
            .col(text("description"))
            .col(string("currency_code"))
            .col(big_integer("price_minor_units"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("create_time"))
            .col(timestamp_with_time_zone("update_time"))
            .col(timestamp_with_time_zone_null("delete_time"));
        manager.create_table(products).await?;
        manager.create_index(index("products", &["tenant_id", "create_time", "id"])).await?;
        // A deleted product does not block its successor.
        let mut sku = unique("products", &["tenant_id", "sku"]);
        sku.and_where(Expr::col("delete_time").is_null());
        manager.create_index(sku).await?;
        tenant_tables(manager, &["products"]).await
    }
}
