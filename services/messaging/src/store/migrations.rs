//! The steps from an empty database to the schema of this release.

mod m20261121_000001_create_inboxes;
mod m20261121_000002_create_conversations;
mod m20261121_000003_create_messages;
mod m20261121_000004_create_auto_reply_rules;

use sea_orm_migration::MigrationTrait;

/// Our own migrations, oldest first.
pub(super) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261121_000001_create_inboxes::Migration),
        Box::new(m20261121_000002_create_conversations::Migration),
        Box::new(m20261121_000003_create_messages::Migration),
        Box::new(m20261121_000004_create_auto_reply_rules::Migration),
    ]
}
