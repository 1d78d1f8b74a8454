//! A sales service of a test's own, its clients, and what it announced.

use std::sync::Arc;

use bus::{Links, Log, log::Partition};
use chassis::{authn::Role, client::Client, clock::Clock, tenant::TenantId};
use clap::Parser;
use proto::{
    Event,
    sales::v1::{
        self as pb, order::State, order_service_client::OrderServiceClient,
        product_service_client::ProductServiceClient,
    },
};
use sales::Config;
use testkit::{Addresses, TestDatabase, TestIssuer, TestLog, eventually};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Response, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

const PARTITIONS: i32 = 3;

/// A running service.
pub(crate) struct Harness {
    /// Calls of an administrator.
    pub(crate) calls: Calls,
    addresses: Addresses,
    issuer: TestIssuer,
    log: Arc<dyn Log>,
    _stop_on_drop: DropGuard,
    _places: (TestDatabase, TestLog),
}

/// The clients of one caller.
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) products: ProductServiceClient<Client>,
    pub(crate) orders: OrderServiceClient<Client>,
}

impl Harness {
    pub(crate) async fn start() -> Self {
        let database = TestDatabase::new().await;
        let (place, log) = TestLog::start().await;
        let (listeners, addresses) = testkit::listeners().await;
        let issuer = TestIssuer::new();
        let mut config = Config::parse_from([
            "sales",
            "--customer-url=http://127.0.0.1:1",
            &format!("--database-url={}", database.url()),
        ]);
        config.database = database.args();
        config.authn = issuer.args();
        let links =
            Links { log: log.clone(), tokens: issuer.service_tokens(), clock: Clock::system() };
        let stop = CancellationToken::new();
        tokio::spawn(sales::serve(config, listeners, links, stop.clone()));

        let tenant = TenantId::new(Uuid::now_v7());
        let calls = Calls::new(addresses, &issuer, tenant, Role::Admin);
        let _stop_on_drop = stop.drop_guard();
        Self { calls, addresses, issuer, log, _stop_on_drop, _places: (database, place) }
    }

    /// Calls of somebody else.
    pub(crate) fn calls_of(&self, tenant: TenantId, role: Role) -> Calls {
        Calls::new(self.addresses, &self.issuer, tenant, role)
    }

    /// Waits until `count` events of `aggregate` are announced and returns the short names of their types.
    pub(crate) async fn announced(&self, aggregate: &str, count: usize) -> Vec<String> {
        announced(&self.log, aggregate, count).await
    }

    /// Waits for the last of the first `count` events of `aggregate`, which must be an `E`.
    pub(crate) async fn event<E: Event>(&self, aggregate: &str, count: usize) -> E {
        let records = records(&self.log, aggregate, count).await;
        let last = records.last().unwrap();
        assert_eq!(last.header("ce_type").unwrap(), E::TYPE.as_bytes());
        E::decode(last.payload.clone().unwrap()).unwrap()
    }
}

/// Waits until `count` events of `aggregate` are in the log and returns the short names of their types. Their
/// versions must be 1, 2, 3 and so on.
pub(crate) async fn announced(log: &Arc<dyn Log>, aggregate: &str, count: usize) -> Vec<String> {
    let events = records(log, aggregate, count).await;
    let text = |record: &bus::log::Record, name| {
        String::from_utf8(record.header(name).unwrap().to_vec()).unwrap()
    };
    let versions: Vec<String> = events.iter().map(|it| text(it, "ce_version")).collect();
    let expected: Vec<String> = (1..=versions.len()).map(|it| it.to_string()).collect();
    assert_eq!(versions, expected);
    let kinds = events.iter().map(|it| text(it, "ce_type"));
    kinds.map(|it| it.trim_start_matches("kith.sales.v1.").to_owned()).collect()
}

async fn records(log: &Arc<dyn Log>, aggregate: &str, count: usize) -> Vec<bus::log::Record> {
    eventually("events to be announced", || async {
        let mut found = Vec::new();
        for number in 0..PARTITIONS {
            let partition = Partition::new("kith.sales.v1", number);
            let read = log.read(&partition, 0, 1_000).await.unwrap_or_default();
            found.extend(read.into_iter().map(|it| it.record));
        }
        found.retain(|it| it.header("ce_subject").is_some_and(|it| it == aggregate.as_bytes()));
        (count <= found.len()).then_some(found)
    })
    .await
}

impl Calls {
    fn new(addresses: Addresses, issuer: &TestIssuer, tenant: TenantId, role: Role) -> Self {
        let client = testkit::client(addresses.grpc, issuer.token(tenant, role));
        Self {
            products: ProductServiceClient::new(client.clone()),
            orders: OrderServiceClient::new(client),
        }
    }

    /// Creates a product as `change` makes it of a usual one.
    pub(crate) async fn create_product(
        &mut self,
        change: impl FnOnce(&mut pb::Product),
    ) -> Result<pb::Product, Status> {
        let mut product = pb::Product {
            sku: format!("TEA-{}", Uuid::now_v7()),
            display_name: "Longjing".to_owned(),
            price: cny(8_800),
            ..Default::default()
        };
        change(&mut product);
        let request =
            pb::CreateProductRequest { product: Some(product), request_id: String::new() };
        self.products.create_product(request).await.map(Response::into_inner)
    }

    /// Places an order as `change` makes it of a usual one: two teas for 30 yuan together.
    pub(crate) async fn place(
        &mut self,
        change: impl FnOnce(&mut pb::Order),
    ) -> Result<pb::Order, Status> {
        let mut order = usual_order();
        change(&mut order);
        let request = pb::CreateOrderRequest { order: Some(order), request_id: String::new() };
        self.orders.create_order(request).await.map(Response::into_inner)
    }

    /// An order in `state`.
    pub(crate) async fn order_in(&mut self, state: State) -> pb::Order {
        let way: &[State] = match state {
            State::Unspecified | State::Placed => &[],
            State::Paid => &[State::Paid],
            State::Shipped => &[State::Paid, State::Shipped],
            State::Delivered => &[State::Paid, State::Shipped, State::Delivered],
            State::Cancelled => &[State::Cancelled],
            State::Refunded => &[State::Paid, State::Refunded],
        };
        let mut order = self.place(|_| ()).await.unwrap();
        for state in way {
            order = self.bring(&order, *state, "").await.unwrap();
        }
        order
    }

    /// Makes the move that leads to `state`, if the order still has `etag`.
    pub(crate) async fn bring(
        &mut self,
        order: &pb::Order,
        state: State,
        etag: &str,
    ) -> Result<pb::Order, Status> {
        let (name, etag) = (order.name.clone(), etag.to_owned());
        let (calls, request_id) = (&mut self.orders, String::new());
        let answer = match state {
            State::Unspecified | State::Placed => panic!("no move leads to {state:?}"),
            State::Paid => {
                let (amount, payment_reference) = (order.total.clone(), "wx-1".to_owned());
                let request =
                    pb::PayOrderRequest { name, amount, payment_reference, etag, request_id };
                calls.pay_order(request).await
            }
            State::Shipped => {
                let (carrier, tracking_number) = ("SF Express".to_owned(), "SF1".to_owned());
                let request =
                    pb::ShipOrderRequest { name, carrier, tracking_number, etag, request_id };
                calls.ship_order(request).await
            }
            State::Delivered => {
                calls.deliver_order(pb::DeliverOrderRequest { name, etag, request_id }).await
            }
            State::Cancelled => {
                let reason = "changed their mind".to_owned();
                let request = pb::CancelOrderRequest { name, reason, etag, request_id };
                calls.cancel_order(request).await
            }
            State::Refunded => {
                let reason = "arrived broken".to_owned();
                let request = pb::RefundOrderRequest { name, reason, etag, request_id };
                calls.refund_order(request).await
            }
        };
        answer.map(Response::into_inner)
    }

    /// The order as it is now.
    pub(crate) async fn get_order(&mut self, name: &str) -> Result<pb::Order, Status> {
        let request = pb::GetOrderRequest { name: name.to_owned() };
        self.orders.get_order(request).await.map(Response::into_inner)
    }

    /// A move that the order cannot make: checks that the refusal names both states and changes nothing.
    pub(crate) async fn check_illegal(&mut self, from: State, to: State) {
        let order = self.order_in(from).await;

        let status = self.bring(&order, to, "").await.unwrap_err();

        assert_eq!(status.code(), tonic::Code::FailedPrecondition, "{from:?} {to:?}");
        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.reason, "ORDER_MOVE_ILLEGAL");
        assert_eq!(info.metadata["from"], from.as_str_name());
        assert_eq!(info.metadata["to"], to.as_str_name());
        assert_eq!(self.get_order(&order.name).await.unwrap(), order);
    }
}

/// Two teas for 30 yuan together, nobody's yet.
pub(crate) fn usual_order() -> pb::Order {
    let line = pb::LineItem {
        title: "Tea".to_owned(),
        quantity: 2,
        unit_price: cny(1_500),
        ..Default::default()
    };
    pb::Order { line_items: vec![line], ..Default::default() }
}

/// An amount in fen.
pub(crate) fn cny(minor_units: i64) -> Option<pb::Money> {
    Some(pb::Money { currency_code: "CNY".to_owned(), minor_units })
}

/// A resource name that nobody has used.
pub(crate) fn name(collection: &str) -> String {
    format!("{collection}/{}", Uuid::now_v7())
}

/// The reason of a refusal.
pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().map(|it| it.reason).unwrap_or_default()
}

/// The fields that a refusal names.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|it| it.field_violations);
    violations.unwrap_or_default().into_iter().map(|it| it.field).collect()
}
