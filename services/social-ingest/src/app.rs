//! Use cases: begin, load, decide, store, append to the outbox, commit. Knows neither gRPC nor SQL.

mod accounts;
pub(crate) mod courier;
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

pub(crate) use accounts::{Accounts, Outbound};
pub(crate) use deliveries::accept;
pub(crate) use envelopes::Read;
pub(crate) use inbound_messages::mark;
pub(crate) use reading::Reading;
pub(crate) use receiving::NotReceived;
pub(crate) use refusals::Refusals;
pub use reply_text::{MessagingTexts, ReplyTexts};
pub(crate) use vault::Vault;

/// What every use case works with.
pub(crate) struct App {
    /// The service's own database.
    pub(crate) db: Database,
    /// The only reader of the time.
    pub(crate) clock: Clock,
    /// Cuts lists into pages.
    pub(crate) lists: Lists,
    /// Understands texts.
    pub(crate) analyzer: Arc<dyn Analyzer>,
    /// Opened credentials, and which addresses they may be used at.
    pub(crate) accounts: Accounts,
    /// Webhooks that were turned away since the process started.
    pub(crate) refusals: Refusals,
    /// How far the time in a webhook may be from ours.
    pub(crate) webhook_window: Duration,
}
