//! SQL. Plain functions over a connection or a transaction; every read starts from the tenant.

pub(crate) mod counters;
pub(crate) mod deliveries;
mod entities;
pub(crate) mod envelopes;
pub(crate) mod inbound_messages;
mod migrations;
pub(crate) mod sources;
pub(crate) mod threads;

use sea_orm::DbErr;
use sea_orm_migration::{MigrationTrait, MigratorTrait, async_trait};

use crate::error::Error;

/// All migrations of this service's database, those of its chassis and its bus first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        chassis::migrations()
            .into_iter()
            .chain(bus::migrations())
            .chain(migrations::own())
            .collect()
    }
}

/// A word that this release does not know, in a column that it should.
fn unreadable() -> Error {
    DbErr::Type(String::new()).into()
}

/// Counts live in signed columns.
fn signed(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

/// No row has a negative count.
fn unsigned(version: i64) -> u64 {
    u64::try_from(version).unwrap_or(0)
}
