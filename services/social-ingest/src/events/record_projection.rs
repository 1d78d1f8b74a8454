//! Notes that an inbound message became a message of a conversation.

use async_trait::async_trait;
use bus::{Envelope, Failure, Handler};
use proto::{Event, messaging::v1::MessageReceived};
use sea_orm::DatabaseTransaction;

use super::malformed;
use crate::{
    app,
    domain::{InboundMessageId, Mark},
};

pub(super) struct RecordProjection;

#[async_trait]
impl Handler for RecordProjection {
    type Fetched = Option<InboundMessageId>;

    fn group(&self) -> &'static str {
        "social-ingest.record-projection"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(MessageReceived::TOPIC, MessageReceived::TYPE)]
    }

    /// A message of a channel that another service hears has no inbound message here.
    async fn fetch(&self, event: &Envelope) -> Result<Option<InboundMessageId>, Failure> {
        let received: MessageReceived = event.decode()?;
        match received.inbound_message.as_str() {
            "" => Ok(None),
            name => InboundMessageId::parse(name).map(Some).map_err(malformed),
        }
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        id: Option<InboundMessageId>,
    ) -> Result<(), Failure> {
        if let Some(id) = id {
            app::mark(txn, event.tenant, id, Mark::Projected, event.time).await?;
        }
        Ok(())
    }
}
