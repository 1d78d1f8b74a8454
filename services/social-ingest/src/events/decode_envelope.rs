//! Decodes a stored envelope, analyses what it says and announces the message.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Envelope, Failure, Handler};
use proto::{Event, social::v1::EnvelopeReceived};
use sea_orm::DatabaseTransaction;

use super::malformed;
use crate::{
    app::{App, Read},
    domain::EnvelopeName,
};

pub(super) struct DecodeEnvelope {
    pub(super) app: Arc<App>,
}

#[async_trait]
impl Handler for DecodeEnvelope {
    type Fetched = Read;

    fn group(&self) -> &'static str {
        "social-ingest.decode-envelope"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(EnvelopeReceived::TOPIC, EnvelopeReceived::TYPE)]
    }

    async fn fetch(&self, event: &Envelope) -> Result<Read, Failure> {
        let received: EnvelopeReceived = event.decode()?;
        let name = EnvelopeName::parse(&received.envelope).map_err(malformed)?;
        Ok(self.app.read_envelope(event.tenant, name).await?)
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        read: Read,
    ) -> Result<(), Failure> {
        self.app.conclude(txn, event.tenant, read, Some(event)).await?;
        Ok(())
    }
}
