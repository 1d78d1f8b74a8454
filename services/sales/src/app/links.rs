//! Use cases of linking orders to buyers who become known, in the transaction the bus has opened.

use bus::{Envelope, Message};
use sea_orm::ConnectionTrait;

use super::App;
use crate::{
    announce,
    domain::{ContactId, Event, IdentityKey, OrderId},
    error::Result,
    store,
};

/// Orders linked by one statement.
const BATCH: u64 = 100;

impl App {
    /// Links one order to its buyer, unless somebody has linked it before.
    pub async fn link_placed_order(
        &self,
        txn: &impl ConnectionTrait,
        cause: &Envelope,
        id: OrderId,
        contact: ContactId,
    ) -> Result<()> {
        let order = store::orders::lock(txn, cause.tenant, id).await?;
        if order.contact.is_some() {
            return Ok(());
        }
        let Some((order, event)) = order.link(contact, self.clock.now())? else { return Ok(()) };
        store::orders::update(txn, cause.tenant, &order).await?;
        bus::outbox::append(txn, &[message(cause, &event)]).await?;
        Ok(())
    }

    /// Links every order of a buyer that no contact has, the oldest first, and tells how many there were.
    ///
    /// Batch by batch, so that however many they are, few are in memory at a time.
    pub async fn link_earlier_orders(
        &self,
        txn: &impl ConnectionTrait,
        cause: &Envelope,
        buyer: &IdentityKey,
        contact: ContactId,
    ) -> Result<usize> {
        let (tenant, now) = (cause.tenant, self.clock.now());
        let mut linked = 0;
        loop {
            let orders = store::orders::lock_unlinked(txn, tenant, buyer, BATCH).await?;
            if orders.is_empty() {
                return Ok(linked);
            }
            store::orders::link_all(txn, tenant, &orders, contact, now).await?;
            linked += orders.len();
            let mut messages = Vec::with_capacity(orders.len());
            for order in orders {
                let change = order.link(contact, now)?;
                messages.extend(change.map(|(_, event)| message(cause, &event)));
            }
            bus::outbox::append(txn, &messages).await?;
        }
    }
}

fn message(cause: &Envelope, event: &Event) -> Message {
    announce::message(cause.tenant, event).caused_by(cause)
}
