//! Every migration this service runs at start: those of the chassis, of the bus, and its own.

mod m20261121_000001_create_facts;
mod m20261121_000002_create_projections;

use sea_orm_migration::prelude::*;

/// Brings the database of this service up to date.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = chassis::migrations();
        migrations.extend(bus::migrations());
        migrations.push(Box::new(m20261121_000001_create_facts::Migration));
        migrations.push(Box::new(m20261121_000002_create_projections::Migration));
        migrations
    }
}
