//! Use cases of orders: every change goes the same way, and the row's lock decides who of two was first.

use chassis::{
    command::{RequestKey, Started},
    etag,
    page::{Page, PageRequest, Place},
    tenant::TenantId,
};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{App, announce};
use crate::{
    domain::{
        Change, ContactId, IdentityKey, Money, Order, OrderDraft, OrderFilter, OrderId, Shipment,
        Text, generated,
    },
    error::{Error, Result},
    store,
};

/// How many numbers are tried before an order goes without: taken ones are rare.
const ATTEMPTS: usize = 8;

impl App {
    /// Creates an order and announces it. Both are committed, or neither is.
    pub async fn create_order(&self, key: &RequestKey, draft: OrderDraft) -> Result<Order> {
        let work = match self.db.command(key).await? {
            Started::Repeated(order) => return Ok(order),
            Started::Fresh(work) => work,
        };
        let random = || Uuid::new_v4().as_u64_pair().1;
        let now = self.clock.now();
        let (order, event) = place(work.txn(), key.tenant, &draft, now, random).await?;
        announce(&work, key.tenant, &[event]).await?;
        work.commit(&order).await?;
        Ok(order)
    }

    /// Returns an order.
    pub async fn get_order(&self, tenant: TenantId, id: OrderId) -> Result<Order> {
        let txn = self.db.read(tenant).await?;
        store::orders::get(&txn, tenant, id).await
    }

    /// Returns the order a contact placed last.
    pub async fn get_latest_order(
        &self,
        tenant: TenantId,
        contact: ContactId,
        buyer: Option<&IdentityKey>,
    ) -> Result<Order> {
        let txn = self.db.read(tenant).await?;
        let latest = store::orders::find_latest(&txn, tenant, contact, buyer).await?;
        latest.ok_or(Error::NoOrderOf(contact))
    }

    /// Lists orders, placed last first. `scope` is the filter as the caller wrote it.
    pub async fn list_orders(
        &self,
        tenant: TenantId,
        filter: &OrderFilter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Order>> {
        let listing = self.lists.begin(tenant, &["orders", scope], request)?;
        let txn = self.db.read(tenant).await?;
        let found =
            store::orders::page(&txn, tenant, filter, listing.after, listing.limit()).await?;
        Ok(self
            .lists
            .end(&listing, found, |order| Place { time: order.place_time, id: order.id.as_uuid() }))
    }

    /// Replaces the note of an order; without one to set, only answers with the order.
    pub async fn amend_order(
        &self,
        key: &RequestKey,
        id: OrderId,
        etag: &str,
        note: Option<Text>,
    ) -> Result<Order> {
        self.change(key, id, etag, |order, now| Ok(note.and_then(|note| order.amend(note, now))))
            .await
    }

    /// Records the payment of an order.
    pub async fn pay_order(
        &self,
        key: &RequestKey,
        id: OrderId,
        etag: &str,
        amount: Money,
        reference: Text,
    ) -> Result<Order> {
        self.change(key, id, etag, |order, now| order.pay(&amount, reference, now).map(Some)).await
    }

    /// Records the shipment of an order.
    pub async fn ship_order(
        &self,
        key: &RequestKey,
        id: OrderId,
        etag: &str,
        shipment: Shipment,
    ) -> Result<Order> {
        self.change(key, id, etag, |order, now| order.ship(shipment, now).map(Some)).await
    }

    /// Records the arrival of an order.
    pub async fn deliver_order(&self, key: &RequestKey, id: OrderId, etag: &str) -> Result<Order> {
        self.change(key, id, etag, |order, now| order.deliver(now).map(Some)).await
    }

    /// Calls an order off.
    pub async fn cancel_order(
        &self,
        key: &RequestKey,
        id: OrderId,
        etag: &str,
        reason: Text,
    ) -> Result<Order> {
        self.change(key, id, etag, |order, now| order.cancel(reason, now).map(Some)).await
    }

    /// Records that what was paid for an order was paid back.
    pub async fn refund_order(
        &self,
        key: &RequestKey,
        id: OrderId,
        etag: &str,
        reason: Text,
    ) -> Result<Order> {
        self.change(key, id, etag, |order, now| order.refund(reason, now).map(Some)).await
    }

    /// Links an order to its buyer. Linking it again to the same one changes nothing.
    pub async fn link_order(
        &self,
        key: &RequestKey,
        id: OrderId,
        contact: ContactId,
    ) -> Result<Order> {
        self.change(key, id, "", |order, now| order.link(contact, now)).await
    }

    /// Runs `decide` on an order that the caller has seen, and keeps and tells what came of it.
    async fn change(
        &self,
        key: &RequestKey,
        id: OrderId,
        etag: &str,
        decide: impl FnOnce(Order, DateTime<Utc>) -> Result<Option<Change>>,
    ) -> Result<Order> {
        let work = match self.db.command(key).await? {
            Started::Repeated(order) => return Ok(order),
            Started::Fresh(work) => work,
        };
        let order = store::orders::lock(work.txn(), key.tenant, id).await?;
        if !etag::matches(etag, order.version) {
            return Err(Error::OrderChanged(id));
        }
        let order = match decide(order.clone(), self.clock.now())? {
            None => order,
            Some((order, event)) => {
                store::orders::update(work.txn(), key.tenant, &order).await?;
                announce(&work, key.tenant, &[event]).await?;
                order
            }
        };
        work.commit(&order).await?;
        Ok(order)
    }
}

/// Places an order under the number it came with, or under one that nobody has.
async fn place(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    draft: &OrderDraft,
    now: DateTime<Utc>,
    mut random: impl FnMut() -> u64,
) -> Result<Change> {
    let products = store::products::find_live(conn, tenant, &draft.products()).await?;
    for _ in 0..ATTEMPTS {
        let number = draft.number.clone().unwrap_or_else(|| generated(now, random()));
        let (order, event) = Order::place(draft.clone(), number, &products, now)?;
        if store::orders::insert(conn, tenant, &order).await? {
            return Ok((order, event));
        }
        if draft.number.is_some() {
            break;
        }
    }
    Err(Error::OrderNumberTaken)
}

#[cfg(test)]
mod tests {
    use testkit::TestDatabase;

    use super::*;
    use crate::{
        domain::{LineDraft, Quantity},
        store::Migrator,
    };

    #[tokio::test]
    async fn a_taken_number_is_never_given_again() {
        let (_database, db) = TestDatabase::migrated::<Migrator>().await;
        let tenant = TenantId::new(Uuid::from_u128(1));
        let draft = OrderDraft {
            number: None,
            contact: None,
            buyer: None,
            line_items: vec![LineDraft {
                product: None,
                title: Text::parse("Tea", 200, "too long").unwrap(),
                quantity: Quantity(1),
                unit_price: Money::price("CNY", 1).ok(),
            }],
            note: Text::default(),
            place_time: None,
        };
        let now = DateTime::UNIX_EPOCH;
        let txn = db.begin(tenant).await.unwrap();

        let mut draws = [7, 7, 7, 8].into_iter();
        let mut random = || draws.next().unwrap();
        let (first, _) = place(&txn, tenant, &draft, now, &mut random).await.unwrap();
        let (second, _) = place(&txn, tenant, &draft, now, &mut random).await.unwrap();
        let exhausted = place(&txn, tenant, &draft, now, || 7).await;

        assert_eq!(first.number, generated(now, 7));
        assert_eq!(second.number, generated(now, 8));
        assert!(matches!(exhausted, Err(Error::OrderNumberTaken)));
    }
}
