//! Adds the facts: one row for each generation, event and metric.

use chassis::database::{
    schema::{big_integer, index, integer, string, timestamp_with_time_zone, uuid},
    tenant_tables,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// One column for each dimension; empty where it says nothing.
const DIMENSIONS: [&str; 11] = [
    "author",
    "channel",
    "contact",
    "currency",
    "direction",
    "intent",
    "kind",
    "language",
    "outcome",
    "reason",
    "sentiment",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The generation comes first: an old one is removed by it, whatever its tenants.
        let mut key = Index::create()
            .name("facts_pkey")
            .col("generation")
            .col("tenant_id")
            .col("event_id")
            .col("metric")
            .take();
        let mut facts = Table::create()
            .table("facts")
            .col(integer("generation"))
            .col(uuid("tenant_id"))
            .col(uuid("event_id"))
            .col(string("metric"))
            .col(timestamp_with_time_zone("event_time"))
            .col(string("day"))
            .col(string("resource"))
            .col(big_integer("value"))
            .primary_key(&mut key)
            .take();
        for dimension in DIMENSIONS {
            facts.col(string(dimension));
        }
        manager.create_table(facts).await?;
        // Numbers and the rows behind them read the same range of it.
        let range = ["generation", "tenant_id", "metric", "event_time", "event_id"];
        manager.create_index(index("facts", &range)).await?;
        tenant_tables(manager, &["facts"]).await
    }
}
