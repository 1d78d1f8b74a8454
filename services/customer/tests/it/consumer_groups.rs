//! What an operator sees and mends: lag, parked keys and their redrive, a replay.

use proto::{
    Event,
    ops::v1::{
        ConsumerGroup, ListConsumerGroupsRequest, ListParkedKeysRequest, ParkedKey,
        RedriveParkedKeyRequest, ReplayConsumerGroupRequest,
    },
    sales::v1::OrderPlaced,
};
use sea_orm::{ConnectionTrait, DbBackend};
use testkit::eventually;
use tonic::Code;
use uuid::Uuid;

use crate::{
    extend_timeline::{paid, placed},
    harness::{Caller, Customer},
    words::{because, named, nobody, refusal},
};

const GROUP: &str = "consumerGroups/customer.extend-timeline";

impl Customer {
    async fn group(&self) -> ConsumerGroup {
        let mut groups = self.admin.groups.clone();
        let groups = groups.list_consumer_groups(ListConsumerGroupsRequest {}).await.unwrap();
        let [group] = &groups.into_inner().consumer_groups[..] else { panic!("one handler") };
        group.clone()
    }

    async fn parked_keys(&self, mut caller: Caller) -> Vec<ParkedKey> {
        let request =
            ListParkedKeysRequest { consumer_group: GROUP.to_owned(), ..Default::default() };
        caller.groups.list_parked_keys(request).await.unwrap().into_inner().parked_keys
    }

    /// Changes the schema behind the service's back, as the owner of the tables.
    async fn alter(&self, statement: &str) {
        let owner = sea_orm::Database::connect(self.database.url()).await.unwrap();
        owner.execute_unprepared(statement).await.unwrap();
        owner.close().await.unwrap();
    }
}

#[tokio::test]
async fn what_waits_is_counted_until_it_is_handled() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let order = nobody("orders");
    customer.publish(&[customer.event(&order, 1, &placed(&order, &ada))]).await;
    customer.caught_up().await;
    let mut next = customer.records(OrderPlaced::TOPIC).await.remove(0).record;
    next.headers.retain(|(name, _)| name != "ce_id");
    next.headers.push(("ce_id".to_owned(), Uuid::now_v7().to_string().into()));

    // Nobody else can write to the timeline while this is open.
    let held = customer.db.begin(customer.tenant).await.unwrap();
    if customer.db.backend() == DbBackend::Postgres {
        held.execute_unprepared("LOCK TABLE timeline_entries").await.unwrap();
    }
    customer.log.append(&[next]).await.unwrap();
    let behind = eventually("the handler to fall behind", async || {
        Some(customer.group().await).filter(|it| it.lag_events == 1 && 0.0 < it.lag_seconds)
    })
    .await;
    held.rollback().await.unwrap();
    customer.caught_up().await;

    assert_eq!((behind.name.as_str(), behind.parked_keys), (GROUP, 0));
    let group = customer.group().await;
    assert_eq!((group.lag_events, group.lag_seconds), (0, 0.0));
    assert_eq!(customer.timeline(&ada).await.len(), 2);
}

#[tokio::test]
async fn a_key_that_cannot_be_handled_is_parked_and_redriven_in_order() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let [first, poison, other] = ["orders"; 3].map(nobody);
    // One order can be placed, a second one cannot.
    customer
        .alter(
            "CREATE UNIQUE INDEX one_order ON timeline_entries (tenant_id, event_type)
             WHERE event_type = 'kith.sales.v1.OrderPlaced'",
        )
        .await;
    customer.publish(&[customer.event(&first, 1, &placed(&first, &ada))]).await;
    customer.caught_up().await;
    let failing = customer.event(&poison, 1, &placed(&poison, &ada));
    let behind = customer.event(&poison, 2, &paid(&poison, &ada));
    let flowing = customer.event(&other, 1, &paid(&other, &ada));

    customer.publish(&[failing.clone(), behind, flowing]).await;
    customer.caught_up().await;

    let placed_and_paid = [("OrderPlaced", &first), ("OrderPaid", &other)];
    let shown = placed_and_paid.map(|(kind, order)| (kind.to_owned(), order.clone()));
    assert_eq!(customer.timeline(&ada).await, shown);
    assert_eq!(customer.group().await.parked_keys, 1);
    let [parked] = &customer.parked_keys(customer.admin.clone()).await[..] else { panic!() };
    assert_eq!((parked.aggregate.as_str(), parked.event_count), (poison.as_str(), 2));
    assert_eq!(parked.event_id, failing.id.to_string());
    assert_eq!(parked.event_type, failing.kind);
    assert!(customer.parked_keys(customer.stranger()).await.is_empty());

    let redrive = RedriveParkedKeyRequest { name: parked.name.clone() };
    let foreign = customer.stranger().groups.redrive_parked_key(redrive.clone()).await;
    assert_eq!(refusal(foreign), because(Code::NotFound, "PARKED_KEY_NOT_FOUND"));
    let again = customer.admin.groups.redrive_parked_key(redrive.clone()).await.unwrap();
    let again = again.into_inner();
    assert_eq!((again.handled_events, again.remaining_events), (0, 2));
    assert_ne!(again.failure, "");

    customer.alter("DROP INDEX one_order").await;
    let mended = customer.admin.groups.redrive_parked_key(redrive.clone()).await.unwrap();
    let mended = mended.into_inner();
    assert_eq!((mended.handled_events, mended.remaining_events), (2, 0));
    assert_eq!(mended.failure, "");
    assert_eq!(customer.timeline(&ada).await.len(), 4);
    assert_eq!(customer.group().await.parked_keys, 0);
    let gone = customer.admin.groups.redrive_parked_key(redrive).await;
    assert_eq!(refusal(gone), because(Code::NotFound, "PARKED_KEY_NOT_FOUND"));
}

#[tokio::test]
async fn the_timeline_is_made_again_from_the_log() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let order = nobody("orders");
    let first = customer.event(&order, 1, &placed(&order, &ada));
    let second = customer.event(&order, 2, &paid(&order, &ada));
    customer.publish(&[first, second]).await;
    customer.caught_up().await;
    let before = customer.timeline(&ada).await;
    customer.alter("DELETE FROM timeline_entries WHERE event_type LIKE '%OrderPlaced'").await;
    customer.alter("UPDATE timeline_entries SET resource = 'orders/wrong'").await;

    let replay = ReplayConsumerGroupRequest { name: GROUP.to_owned(), from_offset: 0 };
    let replayed = customer.admin.groups.replay_consumer_group(replay).await.unwrap();

    assert_eq!(replayed.into_inner().event_count, 2);
    eventually("the timeline to be whole again", async || customer.timeline(&ada).await == before)
        .await;
}

#[tokio::test]
async fn a_group_or_key_that_is_not_there_is_not_found() {
    let mut customer = Customer::start().await;
    let groups = &mut customer.admin.groups;
    let consumer_group = "consumerGroups/sales.link-buyer".to_owned();

    let keys =
        ListParkedKeysRequest { consumer_group: consumer_group.clone(), ..Default::default() };
    let keys = groups.list_parked_keys(keys).await;
    let replay = ReplayConsumerGroupRequest { name: consumer_group, from_offset: 0 };
    let replay = groups.replay_consumer_group(replay).await;
    let redrive = RedriveParkedKeyRequest { name: nobody(&format!("{GROUP}/parkedKeys")) };
    let redrive = groups.redrive_parked_key(redrive).await;
    let page_token = "x".to_owned();
    let garbage = ListParkedKeysRequest {
        consumer_group: GROUP.to_owned(),
        page_token,
        ..Default::default()
    };
    let garbage = groups.list_parked_keys(garbage).await;

    assert_eq!(refusal(keys), because(Code::NotFound, "CONSUMER_GROUP_NOT_FOUND"));
    assert_eq!(refusal(replay), because(Code::NotFound, "CONSUMER_GROUP_NOT_FOUND"));
    assert_eq!(refusal(redrive), because(Code::NotFound, "PARKED_KEY_NOT_FOUND"));
    assert_eq!(refusal(garbage), because(Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
}
