//! Adds the requests that commands have answered: the same request gets the same answer.

use sea_orm_migration::prelude::*;

use crate::database::{
    schema::{blob, index, keyed_table, string, text_null, timestamp_with_time_zone, uuid},
    tenant_tables,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            string("method"),
            uuid("request_id"),
            blob("request_hash"),
            text_null("answer"),
            timestamp_with_time_zone("create_time"),
        ];
        manager
            .create_table(keyed_table("command_requests", columns, &["method", "request_id"]))
            .await?;
        manager.create_index(index("command_requests", &["create_time"])).await?;
        tenant_tables(manager, &["command_requests"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("command_requests").take()).await
    }
}
