//! Adds the counts of the completeness ledger, several rows per source so that writers seldom meet.

use chassis::database::{
    schema::{big_integer, keyed_table, small_integer, timestamp_with_time_zone_null, uuid},
    tenant_tables,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            uuid("source_id"),
            small_integer("shard"),
            big_integer("stored"),
            big_integer("duplicates"),
            big_integer("decoded"),
            big_integer("unsupported"),
            big_integer("undecodable"),
            big_integer("projected"),
            big_integer("answered"),
            big_integer("accepted"),
            big_integer("sent"),
            big_integer("failed"),
            big_integer("unknown"),
            timestamp_with_time_zone_null("last_receive_time"),
        ];
        manager
            .create_table(keyed_table("source_counters", columns, &["source_id", "shard"]))
            .await?;
        tenant_tables(manager, &["source_counters"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("source_counters").take()).await
    }
}
