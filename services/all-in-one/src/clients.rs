//! A client of every gRPC service of a running platform, as one caller.

use std::sync::Arc;

use anyhow::Context;
use chassis::{
    authn::FixedToken,
    client::{Client, ClientArgs},
};
use proto::{
    analytics::v1::{
        metric_service_client::MetricServiceClient,
        projection_service_client::ProjectionServiceClient,
    },
    customer::v1::{
        contact_service_client::ContactServiceClient,
        identity_service_client::IdentityServiceClient,
        timeline_service_client::TimelineServiceClient,
    },
    messaging::v1::{
        auto_reply_rule_service_client::AutoReplyRuleServiceClient,
        conversation_service_client::ConversationServiceClient,
        inbox_service_client::InboxServiceClient, message_service_client::MessageServiceClient,
    },
    sales::v1::{
        order_service_client::OrderServiceClient, product_service_client::ProductServiceClient,
    },
    social::v1::{
        delivery_service_client::DeliveryServiceClient,
        envelope_service_client::EnvelopeServiceClient,
        inbound_message_service_client::InboundMessageServiceClient,
        source_service_client::SourceServiceClient,
    },
};

use crate::Addresses;

/// A client of every gRPC service, as the bearer of one token.
#[derive(Clone)]
#[expect(missing_docs, reason = "each is the client of the service it is named after")]
pub struct Clients {
    pub contacts: ContactServiceClient<Client>,
    pub identities: IdentityServiceClient<Client>,
    pub timeline: TimelineServiceClient<Client>,
    pub inboxes: InboxServiceClient<Client>,
    pub conversations: ConversationServiceClient<Client>,
    pub messages: MessageServiceClient<Client>,
    pub rules: AutoReplyRuleServiceClient<Client>,
    pub sources: SourceServiceClient<Client>,
    pub envelopes: EnvelopeServiceClient<Client>,
    pub inbound_messages: InboundMessageServiceClient<Client>,
    pub deliveries: DeliveryServiceClient<Client>,
    pub products: ProductServiceClient<Client>,
    pub orders: OrderServiceClient<Client>,
    pub metrics: MetricServiceClient<Client>,
    pub projections: ProjectionServiceClient<Client>,
}

impl Clients {
    /// Prepares to call the platform at `addresses` with `token`.
    pub fn new(addresses: &Addresses, token: &str) -> anyhow::Result<Self> {
        let tokens = Arc::new(FixedToken::new(token));
        let to = |url: &str| {
            Client::new(url, tokens.clone(), &ClientArgs::default()).context("read address")
        };
        let customer = to(&addresses.customer)?;
        let messaging = to(&addresses.messaging)?;
        let social = to(&addresses.social_ingest)?;
        let sales = to(&addresses.sales)?;
        let analytics = to(&addresses.analytics)?;
        Ok(Self {
            contacts: ContactServiceClient::new(customer.clone()),
            identities: IdentityServiceClient::new(customer.clone()),
            timeline: TimelineServiceClient::new(customer),
            inboxes: InboxServiceClient::new(messaging.clone()),
            conversations: ConversationServiceClient::new(messaging.clone()),
            messages: MessageServiceClient::new(messaging.clone()),
            rules: AutoReplyRuleServiceClient::new(messaging),
            sources: SourceServiceClient::new(social.clone()),
            envelopes: EnvelopeServiceClient::new(social.clone()),
            inbound_messages: InboundMessageServiceClient::new(social.clone()),
            deliveries: DeliveryServiceClient::new(social),
            products: ProductServiceClient::new(sales.clone()),
            orders: OrderServiceClient::new(sales),
            metrics: MetricServiceClient::new(analytics.clone()),
            projections: ProjectionServiceClient::new(analytics),
        })
    }
}
