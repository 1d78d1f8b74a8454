//! Every migration this service runs at start: those of the chassis, of the bus, and its own.

mod m20261121_000001_create_contacts;
mod m20261121_000002_create_accounts;
mod m20261121_000003_create_timeline_entries;

use sea_orm_migration::prelude::*;

/// Brings the database of this service up to date.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = chassis::migrations();
        migrations.extend(bus::migrations());
        migrations.push(Box::new(m20261121_000001_create_contacts::Migration));
        migrations.push(Box::new(m20261121_000002_create_accounts::Migration));
        migrations.push(Box::new(m20261121_000003_create_timeline_entries::Migration));
        migrations
    }
}
