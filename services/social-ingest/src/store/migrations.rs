//! The tables of this service, one file per group.

mod m20261121_000001_create_sources;
mod m20261121_000002_create_envelopes;
mod m20261121_000003_create_deliveries;
mod m20261121_000004_create_source_counters;

use sea_orm_migration::MigrationTrait;

pub(super) fn own() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261121_000001_create_sources::Migration),
        Box::new(m20261121_000002_create_envelopes::Migration),
        Box::new(m20261121_000003_create_deliveries::Migration),
        Box::new(m20261121_000004_create_source_counters::Migration),
    ]
}
