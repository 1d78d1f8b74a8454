//! Adds the timeline, a projection of events.

use chassis::database::{
    schema::{index, string, tenant_table, timestamp_with_time_zone, uuid_null},
    tenant_tables,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut entries = tenant_table("timeline_entries");
        entries
            .col(uuid_null("contact_id"))
            .col(string("event_type"))
            .col(string("resource"))
            .col(timestamp_with_time_zone("event_time"));
        manager.create_table(entries).await?;
        let newest = ["tenant_id", "contact_id", "event_time", "id"];
        manager.create_index(index("timeline_entries", &newest)).await?;
        manager.create_index(index("timeline_entries", &["tenant_id", "resource"])).await?;
        tenant_tables(manager, &["timeline_entries"]).await
    }
}
