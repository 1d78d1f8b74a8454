//! Use cases: begin, load, decide, store, append to the outbox, commit. Knows neither gRPC nor SQL.

mod accounts;
mod consents;
mod contacts;
mod identities;
mod timeline;

use chassis::{clock::Clock, command::Work, database::Database, page::Lists, tenant::TenantId};

use crate::{announce, domain::Event, error::Result};

/// What every use case works with.
#[derive(Clone)]
pub struct App {
    /// The service's own database.
    pub db: Database,
    /// The only reader of the time.
    pub clock: Clock,
    /// Cuts lists into pages.
    pub lists: Lists,
}

/// Puts events into the outbox of the transaction that made them true.
async fn announce(work: &Work, tenant: TenantId, events: &[Event]) -> Result<()> {
    let messages: Vec<_> = events.iter().map(|event| announce::message(tenant, event)).collect();
    bus::outbox::append(work.txn(), &messages).await?;
    Ok(())
}
