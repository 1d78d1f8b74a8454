//! The other services, asked with this service's own token on behalf of an event's tenant.

use bus::{Failure, found};
use chassis::{
    client::{Client, for_tenant},
    tenant::TenantId,
};
use proto::{
    customer::v1::{
        self as customer, contact_service_client::ContactServiceClient,
        identity_service_client::IdentityServiceClient,
    },
    sales::v1::{self as sales, order_service_client::OrderServiceClient},
    social::v1::{self as social, inbound_message_service_client::InboundMessageServiceClient},
};
use uuid::Uuid;

use crate::{
    convert,
    domain::{
        Order,
        ids::{ContactId, InboundMessageId},
    },
};

/// The ways to the services that know what an event does not say.
#[derive(Clone)]
pub(crate) struct Peers {
    /// Knows contacts.
    pub(crate) customer: Client,
    /// Knows orders.
    pub(crate) sales: Client,
    /// Knows what customers wrote.
    pub(crate) social_ingest: Client,
}

impl Peers {
    /// Returns an inbound message with its text and its sender.
    pub(super) async fn inbound_message(
        &self,
        tenant: TenantId,
        id: InboundMessageId,
    ) -> Result<social::InboundMessage, Failure> {
        let request = social::GetInboundMessageRequest { name: id.to_string() };
        let mut client = InboundMessageServiceClient::new(self.social_ingest.clone());
        Ok(client.get_inbound_message(for_tenant(request, tenant)).await?.into_inner())
    }

    /// Returns the contact behind an identity, who is created if nobody has met them.
    pub(super) async fn contact_of(
        &self,
        tenant: TenantId,
        key: customer::IdentityKey,
        language_code: &str,
        request_id: Uuid,
    ) -> Result<ContactId, Failure> {
        let request = customer::UpsertContactByIdentityRequest {
            key: Some(key),
            display_name: String::new(),
            language_code: language_code.to_owned(),
            request_id: request_id.to_string(),
        };
        let mut client = IdentityServiceClient::new(self.customer.clone());
        let answer = client.upsert_contact_by_identity(for_tenant(request, tenant)).await?;
        let name = answer.into_inner().contact.unwrap_or_default().name;
        ContactId::parse(&name).map_err(|_| Failure::fail("customer answered without a contact"))
    }

    /// Returns the preferred language of a contact; `None` for one who is gone.
    pub(super) async fn language_of(
        &self,
        tenant: TenantId,
        contact: ContactId,
    ) -> Result<Option<String>, Failure> {
        let request = customer::GetContactRequest { name: contact.to_string() };
        let mut client = ContactServiceClient::new(self.customer.clone());
        let contact = found(client.get_contact(for_tenant(request, tenant)).await)?;
        Ok(contact.filter(|it| it.delete_time.is_none()).map(|it| it.language_code))
    }

    /// Tells whether a contact agreed to be told about their orders.
    pub(super) async fn may_be_told_of_orders(
        &self,
        tenant: TenantId,
        contact: ContactId,
    ) -> Result<bool, Failure> {
        let request = customer::ListConsentsRequest { contact: contact.to_string() };
        let mut client = ContactServiceClient::new(self.customer.clone());
        let consents = found(client.list_consents(for_tenant(request, tenant)).await)?;
        Ok(consents.unwrap_or_default().consents.iter().any(|it| {
            it.purpose() == customer::ConsentPurpose::OrderUpdates
                && it.state() == customer::consent::State::Granted
        }))
    }

    /// Returns the order placed last by a contact, or under the identity they wrote with, if any.
    pub(super) async fn latest_order(
        &self,
        tenant: TenantId,
        contact: ContactId,
        buyer: Option<customer::IdentityKey>,
    ) -> Result<Option<Order>, Failure> {
        let request = sales::GetLatestOrderRequest { contact: contact.to_string(), buyer };
        let mut client = OrderServiceClient::new(self.sales.clone());
        let order = found(client.get_latest_order(for_tenant(request, tenant)).await)?;
        Ok(order.as_ref().and_then(convert::order::order))
    }

    /// Returns an order by name; `None` if sales does not know it.
    pub(super) async fn order(
        &self,
        tenant: TenantId,
        name: String,
    ) -> Result<Option<Order>, Failure> {
        let request = sales::GetOrderRequest { name };
        let mut client = OrderServiceClient::new(self.sales.clone());
        let order = found(client.get_order(for_tenant(request, tenant)).await)?;
        Ok(order.as_ref().and_then(convert::order::order))
    }
}
