//! Notes that an inbound message was answered.

use async_trait::async_trait;
use bus::{Envelope, Failure, Handler};
use chrono::{DateTime, Utc};
use proto::{Event, messaging::v1::MessageSent};
use sea_orm::DatabaseTransaction;

use super::malformed;
use crate::{
    app, convert,
    domain::{InboundMessageId, Mark},
};

pub(super) struct RecordAnswer;

#[async_trait]
impl Handler for RecordAnswer {
    type Fetched = Option<(InboundMessageId, DateTime<Utc>)>;

    fn group(&self) -> &'static str {
        "social-ingest.record-answer"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(MessageSent::TOPIC, MessageSent::TYPE)]
    }

    /// A message that answers nothing of this service is passed over.
    async fn fetch(&self, event: &Envelope) -> Result<Self::Fetched, Failure> {
        let sent: MessageSent = event.decode()?;
        if sent.answered_inbound_message.is_empty() {
            return Ok(None);
        }
        let id = InboundMessageId::parse(&sent.answered_inbound_message).map_err(malformed)?;
        let time = match sent.send_time {
            Some(time) => convert::time(Some(time)).map_err(malformed)?,
            None => event.time,
        };
        Ok(Some((id, time)))
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        answered: Self::Fetched,
    ) -> Result<(), Failure> {
        if let Some((id, time)) = answered {
            app::mark(txn, event.tenant, id, Mark::Answered, time).await?;
        }
        Ok(())
    }
}
