//! What the tests of the two linking handlers share: the app inside a transaction of theirs, as the bus opens it.

use std::sync::Arc;

use bus::{Envelope, Log, log::Partition};
use bytes::Bytes;
use chassis::{
    clock::Clock,
    command::RequestKey,
    database::Database,
    page::{Lists, PageSealer},
    tenant::TenantId,
};
use sales::{
    Migrator,
    app::App,
    domain::{
        Channel, ContactId, IdentityKey, LineDraft, Money, Order, OrderDraft, OrderId, Quantity,
        Text,
    },
};
use testkit::{TestDatabase, TestLog};
use uuid::Uuid;

use crate::harness::announced;

/// The app on a database and a log of its own.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) tenant: TenantId,
    log: Arc<dyn Log>,
    _places: (TestDatabase, TestLog),
}

impl World {
    pub(crate) async fn start() -> Self {
        let (database, db) = TestDatabase::migrated::<Migrator>().await;
        let (place, log) = TestLog::start().await;
        let lists = Lists::new(PageSealer::random(), 200);
        let app = App { db, clock: Clock::system(), lists };
        let tenant = TenantId::new(Uuid::now_v7());
        Self { app, tenant, log, _places: (database, place) }
    }

    /// Places an order of `buyer` that no contact has.
    pub(crate) async fn place(&self, buyer: &IdentityKey) -> OrderId {
        self.place_in(self.tenant, buyer).await
    }

    pub(crate) async fn place_in(&self, tenant: TenantId, buyer: &IdentityKey) -> OrderId {
        let line = LineDraft {
            product: None,
            title: Text::parse("Tea", 200, "too long").unwrap(),
            quantity: Quantity(1),
            unit_price: Money::price("CNY", 1).ok(),
        };
        let draft = OrderDraft {
            number: None,
            contact: None,
            buyer: Some(buyer.clone()),
            line_items: vec![line],
            note: Text::default(),
            place_time: None,
        };
        let key = RequestKey { tenant, method: "test", request_id: None, hash: [0; 32] };
        self.app.create_order(&key, draft).await.unwrap().id
    }

    pub(crate) async fn get(&self, id: OrderId) -> Order {
        self.app.get_order(self.tenant, id).await.unwrap()
    }

    /// Links one order, in a transaction that ends with it.
    pub(crate) async fn link_placed(&self, cause: &Envelope, id: OrderId, contact: ContactId) {
        let txn = self.app.db.begin(self.tenant).await.unwrap();
        self.app.link_placed_order(&txn, cause, id, contact).await.unwrap();
        txn.commit().await.unwrap();
    }

    /// Links the orders of a buyer, in a transaction that ends with it.
    pub(crate) async fn link_earlier(
        &self,
        cause: &Envelope,
        buyer: &IdentityKey,
        contact: ContactId,
    ) -> usize {
        let txn = self.app.db.begin(self.tenant).await.unwrap();
        let linked = self.app.link_earlier_orders(&txn, cause, buyer, contact).await.unwrap();
        txn.commit().await.unwrap();
        linked
    }

    /// Publishes what waits and returns the short names of the events of an order.
    pub(crate) async fn announced(&self, id: OrderId) -> Vec<String> {
        let db: &Database = &self.app.db;
        bus::relay::drain(db, &self.log).await.unwrap();
        announced(&self.log, &id.to_string(), 1).await
    }

    /// An event of the tenant that makes a handler work; what it says does not matter here.
    pub(crate) fn cause(&self) -> Envelope {
        Envelope {
            id: Uuid::now_v7(),
            kind: String::new(),
            tenant: self.tenant,
            aggregate: String::new(),
            version: 1,
            time: self.app.clock.now(),
            causation: None,
            partition: Partition::new("kith.customer.v1", 0),
            offset: 0,
            traceparent: None,
            payload: Bytes::new(),
        }
    }
}

/// Somebody on WeChat.
pub(crate) fn buyer(external_id: &str) -> IdentityKey {
    IdentityKey::parse(Channel::Wechat, "wx1", external_id).unwrap()
}

/// A contact that nobody has used.
pub(crate) fn contact() -> ContactId {
    ContactId::from_uuid(Uuid::now_v7())
}
