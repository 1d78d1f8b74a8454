//! Writes the ledger row of a message that waits for delivery; the courier takes it from there.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Envelope, Failure, Handler};
use proto::{Event, messaging::v1::MessageQueued};
use sea_orm::DatabaseTransaction;

use super::malformed;
use crate::{
    app::{self, App},
    convert::{self, Queued},
};

pub(super) struct AcceptDelivery {
    pub(super) app: Arc<App>,
}

#[async_trait]
impl Handler for AcceptDelivery {
    type Fetched = Option<Queued>;

    fn group(&self) -> &'static str {
        "social-ingest.accept-delivery"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(MessageQueued::TOPIC, MessageQueued::TYPE)]
    }

    async fn fetch(&self, event: &Envelope) -> Result<Option<Queued>, Failure> {
        convert::queued(&event.decode()?).map_err(malformed)
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        queued: Option<Queued>,
    ) -> Result<(), Failure> {
        let Some(Queued { message, thread, attempt }) = queued else { return Ok(()) };
        let now = self.app.clock.now();
        match app::accept(txn, event.tenant, message, thread, attempt, now).await? {
            true => Ok(()),
            false => Err(Failure::fail(format_args!("`{thread}` does not exist"))),
        }
    }
}
