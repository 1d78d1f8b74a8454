//! Links the orders of a buyer that were placed before the buyer's identity had a contact.

use bus::{Envelope, Failure, Handler};
use proto::{Event, customer::v1::IdentityLinked};
use sea_orm::DatabaseTransaction;

use super::{Peers, failure};
use crate::{
    app::App,
    domain::{ContactId, IdentityKey},
};

/// The handler `sales.link-earlier-orders`.
pub(super) struct LinkEarlierOrders {
    pub(super) app: App,
    pub(super) peers: Peers,
}

#[async_trait::async_trait]
impl Handler for LinkEarlierOrders {
    /// The key of the identity and the contact who has it; `None` if nobody does any more.
    type Fetched = Option<(IdentityKey, ContactId)>;

    fn group(&self) -> &'static str {
        "sales.link-earlier-orders"
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        &[(IdentityLinked::TOPIC, IdentityLinked::TYPE)]
    }

    async fn fetch(&self, event: &Envelope) -> Result<Self::Fetched, Failure> {
        let identity = event.decode::<IdentityLinked>()?.identity;
        self.peers.identity(event.tenant, identity).await
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        fetched: Self::Fetched,
    ) -> Result<(), Failure> {
        let Some((buyer, contact)) = fetched else { return Ok(()) };
        let linked =
            self.app.link_earlier_orders(txn, event, &buyer, contact).await.map_err(failure)?;
        if linked != 0 {
            tracing::info!(contact.id = %contact, orders = linked, "linked earlier orders");
        }
        Ok(())
    }
}
