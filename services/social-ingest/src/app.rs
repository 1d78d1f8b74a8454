//! Use cases: begin, load, decide, store, append to the outbox, commit. Knows neither gRPC nor SQL.

mod accounts;
pub mod courier;
mod deliveries;
mod envelopes;
mod health;
mod inbound_messages;
mod reading;
mod receiving;
mod refusals;
mod reply_text;
mod sources;
mod vault;

use std::{sync::Arc, time::Duration};

use chassis::{clock::Clock, database::Database, page::Lists};
use language::Analyzer;

pub use crate::store::inbound_messages::Mark;

pub use accounts::{Accounts, Outbound};
pub use deliveries::accept;
pub use envelopes::Read;
pub use inbound_messages::mark;
pub use reading::Reading;
pub use receiving::{Greeted, NotReceived, Received};
pub use refusals::Refusals;
pub use reply_text::{MessagingTexts, ReplyTexts};
pub use vault::{BadKey, Vault};

/// What every use case works with.
pub struct App {
    /// The service's own database.
    pub db: Database,
    /// The only reader of the time.
    pub clock: Clock,
    /// Cuts lists into pages.
    pub lists: Lists,
    /// Understands texts.
    pub analyzer: Arc<dyn Analyzer>,
    /// Opened credentials, and which addresses they may be used at.
    pub accounts: Accounts,
    /// Webhooks that were turned away since the process started.
    pub refusals: Refusals,
    /// How far the time in a webhook may be from ours.
    pub webhook_window: Duration,
}
