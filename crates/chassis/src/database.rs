//! The database: one writer and several readers, every transaction inside a tenant; knows no table.

mod args;
mod failure;
pub mod keyset;
mod postgres;
mod provision;
mod rls;
pub mod schema;
mod sqlite;
mod transactions;
mod wakeup;

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbBackend};
use tokio::sync::Notify;

pub use args::DatabaseArgs;
pub use failure::{DbFailure, unique_violation};
pub use provision::provision;
pub use rls::{APP_ROLE, tenant_tables};
pub use transactions::retrying;
pub(crate) use wakeup::Wakeups;

/// A connected and migrated database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Database {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    /// How many pooled connections one begin may find dead before it gives up.
    pool_size: u32,
    wakeups: Arc<Wakeups>,
}

impl Database {
    fn new(writer: DatabaseConnection, reader: DatabaseConnection, pool_size: u32) -> Self {
        Self { writer, reader, pool_size, wakeups: Arc::default() }
    }

    /// Which of the two databases this is, for the few statements that differ.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// A signal that is given after each commit, so that background work need not wait for its next
    /// poll. Ask once per waiter and keep it: each has its own, and none takes another's signal.
    pub fn committed(&self) -> Arc<Notify> {
        self.wakeups.subscribe()
    }

    pub(crate) fn wakeups(&self) -> Arc<Wakeups> {
        self.wakeups.clone()
    }

    /// Gives the signal of [`committed`](Self::committed). `Work::commit` does so by itself.
    pub fn wake(&self) {
        self.wakeups.wake();
    }

    /// Waits for the open transactions to end and closes every connection.
    pub async fn close(self) {
        // Readers first: the last connection of a SQLite file folds the write-ahead log into it.
        for pool in [self.reader, self.writer] {
            if let Err(error) = pool.close().await {
                tracing::warn!(error = %DbFailure::from(error), "closed the database with an error");
            }
        }
    }
}
