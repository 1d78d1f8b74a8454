//! The tables that every service has because it has a chassis.

mod m20260901_000001_create_command_requests;

use sea_orm_migration::MigrationTrait;

/// The chassis's own migrations. A service's migrator chains them before its own.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(m20260901_000001_create_command_requests::Migration)]
}
