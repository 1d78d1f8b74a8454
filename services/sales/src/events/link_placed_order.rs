//! Links an order that was just placed to the contact who has its buyer's identity already.

use bus::{Envelope, Failure, Handler};
use proto::{Event, sales::v1::OrderPlaced};
use sea_orm::DatabaseTransaction;

use super::{Peers, failure};
use crate::{
    app::App,
    domain::{ContactId, OrderId},
};

/// The handler `sales.link-placed-order`.
pub(super) struct LinkPlacedOrder {
    pub(super) app: App,
    pub(super) peers: Peers,
}

#[async_trait::async_trait]
impl Handler for LinkPlacedOrder {
    /// The contact behind the buyer, if there is one.
    type Fetched = Option<ContactId>;

    fn group(&self) -> &'static str {
        "sales.link-placed-order"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(OrderPlaced::TOPIC, OrderPlaced::TYPE)]
    }

    async fn fetch(&self, event: &Envelope) -> Result<Option<ContactId>, Failure> {
        let placed = event.decode::<OrderPlaced>()?;
        if !placed.contact.is_empty() {
            return Ok(None);
        }
        let order = OrderId::parse(&placed.order).map_err(Failure::reject)?;
        // Events carry no personal data, so the buyer stands in the order only.
        let order = self.app.get_order(event.tenant, order).await.map_err(failure)?;
        let (None, Some(buyer)) = (order.contact, order.buyer) else { return Ok(None) };
        self.peers.contact_of(event.tenant, &buyer).await
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        contact: Option<ContactId>,
    ) -> Result<(), Failure> {
        let Some(contact) = contact else { return Ok(()) };
        let order = event.decode::<OrderPlaced>()?.order;
        let order = OrderId::parse(&order).map_err(Failure::reject)?;
        self.app.link_placed_order(txn, event, order, contact).await.map_err(failure)
    }
}
