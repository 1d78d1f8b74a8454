//! Adds the projections: which generation is in use and which is being built. They belong to no tenant.

use chassis::database::schema::{
    integer, integer_null, string, timestamp_with_time_zone_null, uuid_null,
};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let projections = Table::create()
            .table("projections")
            .col(string("name").primary_key())
            .col(integer("live_generation"))
            .col(integer_null("building_generation"))
            .col(uuid_null("requester_tenant_id"))
            .col(integer("swept_generation"))
            .col(timestamp_with_time_zone_null("rebuild_time"))
            .take();
        manager.create_table(projections).await?;
        let first = "INSERT INTO projections (name, live_generation, swept_generation)
                     VALUES ('facts', 1, 0)";
        manager.get_connection().execute_unprepared(first).await?;
        Ok(())
    }
}
