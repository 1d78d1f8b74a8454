//! Use cases: begin, load, decide, store, append to the outbox, commit. Knows neither gRPC nor SQL.

mod metrics;
mod projections;
mod rebuilding;

use std::sync::Arc;

use bus::{ErasedHandler, Log};
use chassis::{clock::Clock, database::Database, page::Lists};
use tokio::sync::Notify;

use crate::domain::Generation;

/// What every use case works with.
#[derive(Clone)]
pub struct App {
    /// The service's own database.
    pub db: Database,
    /// The log, to ask how far behind it the projection is.
    pub log: Arc<dyn Log>,
    /// The only reader of the time.
    pub clock: Clock,
    /// Cuts lists into pages.
    pub lists: Lists,
    /// Makes the handler that projects a generation.
    pub handler_of: fn(Generation) -> Arc<dyn ErasedHandler>,
    /// Tells whoever follows the generations that another was asked for.
    pub asked: Arc<Notify>,
}
