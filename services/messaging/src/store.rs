//! Tables and the SQL over them; it must not know protos, the log or who asks.

mod codec;
mod entities;
mod migrations;

pub mod conversations;
pub mod inboxes;
pub mod messages;
pub mod rules;

use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

/// Brings a database to the schema of this release.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = chassis::migrations();
        all.extend(bus::migrations());
        all.extend(migrations::all());
        all
    }
}
