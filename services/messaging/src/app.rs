//! Use cases: begin, load, decide, store, append to the outbox, commit. Knows neither gRPC nor SQL.

mod answers;
mod conversations;
mod inboxes;
mod messages;
mod rules;
mod snooze;

use chassis::{clock::Clock, database::Database, page::Lists};

pub use messages::Posted;

/// What every use case works with.
#[derive(Clone, Debug)]
pub struct App {
    /// The service's own database.
    pub db: Database,
    /// The only reader of the time.
    pub clock: Clock,
    /// Cuts lists into pages.
    pub lists: Lists,
}
