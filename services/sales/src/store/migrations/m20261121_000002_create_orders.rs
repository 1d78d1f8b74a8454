//! Adds the orders, with the lines inside: an order is bought, read and kept as one.

use chassis::database::{
    schema::{
        big_integer, index, string, string_null, tenant_table, text, timestamp_with_time_zone,
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
        let mut orders = tenant_table("orders");
        orders
            .col(string("number"))
            .col(uuid_null("contact_id"))
            .col(string_null("buyer_channel"))
            .col(string_null("buyer_realm"))
            .col(string_null("buyer_external_id"))
            .col(text("line_items"))
            .col(string("currency_code"))
            .col(big_integer("total_minor_units"))
            .col(string("state"))
            .col(string("payment_reference"))
            .col(string("carrier"))
            .col(string("tracking_number"))
            .col(text("note"))
            .col(text("close_reason"))
            .col(timestamp_with_time_zone("place_time"))
            .col(timestamp_with_time_zone_null("pay_time"))
            .col(timestamp_with_time_zone_null("ship_time"))
            .col(timestamp_with_time_zone_null("deliver_time"))
            .col(timestamp_with_time_zone_null("close_time"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("create_time"))
            .col(timestamp_with_time_zone("update_time"));
        manager.create_table(orders).await?;
        manager.create_index(unique("orders", &["tenant_id", "number"])).await?;
        manager.create_index(index("orders", &["tenant_id", "place_time", "id"])).await?;
        let by_state = ["tenant_id", "state", "place_time", "id"];
        manager.create_index(index("orders", &by_state)).await?;
        let by_contact = ["tenant_id", "contact_id", "place_time", "id"];
        manager.create_index(index("orders", &by_contact)).await?;
        // What waits for its buyer to become known. Named by hand: its columns make too long a name.
        let by_buyer =
            ["tenant_id", "buyer_channel", "buyer_realm", "buyer_external_id", "place_time", "id"];
        let mut unlinked = index("orders", &by_buyer);
        unlinked.name("orders_unlinked_buyer_idx").and_where(Expr::col("contact_id").is_null());
        manager.create_index(unlinked).await?;
        tenant_tables(manager, &["orders"]).await
    }
}
