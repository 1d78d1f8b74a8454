//! Where the words of a reply come from: messaging owns them, this service never keeps them.

use async_trait::async_trait;
use bus::Failure;
use chassis::{
    client::{Client, for_tenant},
    redact::Redacted,
    tenant::TenantId,
};
use proto::messaging::v1::{GetMessageRequest, message_service_client::MessageServiceClient};

use crate::domain::MessageName;

/// Finds the words of a reply.
#[async_trait]
pub trait ReplyTexts: Send + Sync + 'static {
    /// Returns what the message says. [`Failure::Retry`] is an outage; anything else is final.
    async fn get(
        &self,
        tenant: TenantId,
        message: MessageName,
    ) -> Result<Redacted<String>, Failure>;
}

/// Asks messaging.
#[derive(Clone)]
pub struct MessagingTexts {
    messages: MessageServiceClient<Client>,
}

impl MessagingTexts {
    /// Asks through `client`.
    pub fn new(client: Client) -> Self {
        Self { messages: MessageServiceClient::new(client) }
    }
}

#[async_trait]
impl ReplyTexts for MessagingTexts {
    async fn get(
        &self,
        tenant: TenantId,
        message: MessageName,
    ) -> Result<Redacted<String>, Failure> {
        let request = for_tenant(GetMessageRequest { name: message.to_string() }, tenant);
        let message = self.messages.clone().get_message(request).await?.into_inner();
        Ok(Redacted::new(message.text))
    }
}
