//! The handler `customer.extend-timeline`: each event of the others once, whatever comes twice or cannot be read.

use bus::{Message, dead};
use chassis::clock::Clock;
use chrono::{DateTime, Utc};
use proto::{
    Event,
    customer::v1::{ListTimelineEntriesRequest, TimelineEntry},
    messaging::v1::{
        ConversationAssigned, ConversationOpened, MessageQueued, MessageReceived, MessageSent,
    },
    sales::v1::{OrderLinked, OrderPaid, OrderPlaced, OrderShipped},
};

use crate::{
    harness::Customer,
    words::{named, nobody},
};

const GROUP: &str = "customer.extend-timeline";

impl Customer {
    /// An event of `aggregate` in the first tenant.
    pub(crate) fn event<E: Event>(&self, aggregate: &str, version: u64, event: &E) -> Message {
        Message::of(self.tenant, aggregate, version, Clock::system().now(), event)
    }

    /// The timeline of a contact, oldest first: what happened to what.
    pub(crate) async fn timeline(&self, contact: &str) -> Vec<(String, String)> {
        let entries = self.entries(contact).await.into_iter().rev();
        let entries = entries.map(|entry| {
            let kind = entry.event_type.rsplit('.').next().unwrap().to_owned();
            (kind, entry.resource)
        });
        entries.collect()
    }

    async fn entries(&self, contact: &str) -> Vec<TimelineEntry> {
        let request =
            ListTimelineEntriesRequest { contact: contact.to_owned(), ..Default::default() };
        let page = self.admin.timeline.clone().list_timeline_entries(request).await.unwrap();
        page.into_inner().timeline_entries
    }
}

/// An order by `contact`, which may be empty.
pub(crate) fn placed(order: &str, contact: &str) -> OrderPlaced {
    OrderPlaced { order: order.to_owned(), contact: contact.to_owned(), ..Default::default() }
}

/// A payment of an order by `contact`, which may be empty.
pub(crate) fn paid(order: &str, contact: &str) -> OrderPaid {
    OrderPaid { order: order.to_owned(), contact: contact.to_owned(), ..Default::default() }
}

fn shown<const N: usize>(entries: [(&str, &str); N]) -> Vec<(String, String)> {
    entries.map(|(kind, resource)| (kind.to_owned(), resource.to_owned())).into()
}

fn time(entry: &TimelineEntry) -> DateTime<Utc> {
    let time = entry.event_time.unwrap();
    DateTime::from_timestamp(time.seconds, time.nanos.try_into().unwrap()).unwrap()
}

#[tokio::test]
async fn what_happens_in_messaging_and_sales_is_shown_with_its_time() {
    let mut customer = Customer::start().await;
    let contact = customer.contact(named("Ada")).await.name;
    let (conversation, order) = (nobody("conversations"), nobody("orders"));
    let (received, sent) =
        (format!("{conversation}/messages/1"), format!("{conversation}/messages/2"));
    let opened = ConversationOpened {
        conversation: conversation.clone(),
        contact: contact.clone(),
        ..Default::default()
    };
    let message = MessageReceived {
        message: received.clone(),
        contact: contact.clone(),
        ..Default::default()
    };
    let queued =
        MessageQueued { message: sent.clone(), contact: contact.clone(), ..Default::default() };
    let answer =
        MessageSent { message: sent.clone(), contact: contact.clone(), ..Default::default() };
    let messages = [
        customer.event(&conversation, 1, &opened),
        customer.event(&conversation, 2, &message),
        customer.event(&conversation, 3, &queued),
        customer.event(&conversation, 4, &answer),
        customer.event(&order, 1, &placed(&order, &contact)),
    ];

    customer.publish(&messages).await;
    customer.caught_up().await;

    let expected = shown([
        ("ConversationOpened", &conversation),
        ("MessageReceived", &received),
        ("MessageSent", &sent),
        ("OrderPlaced", &order),
    ]);
    assert_eq!(customer.timeline(&contact).await, expected);
    let newest = customer.entries(&contact).await.remove(0);
    assert_eq!(newest.name, format!("{contact}/timelineEntries/{}", messages[4].id));
    assert_eq!(newest.event_type, "kith.sales.v1.OrderPlaced");
    assert_eq!(time(&newest), messages[4].time);
}

#[tokio::test]
async fn what_is_delivered_again_is_shown_once() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let order = nobody("orders");
    let first = customer.event(&order, 1, &placed(&order, &ada));
    let second = customer.event(&order, 2, &paid(&order, &ada));
    customer.publish(&[first, second]).await;
    customer.caught_up().await;
    let before = customer.entries(&ada).await;
    let records = customer.records(OrderPlaced::TOPIC).await;
    let records: Vec<_> = records.into_iter().map(|it| it.record).collect();

    customer.log.append(&records).await.unwrap();
    customer.caught_up().await;

    assert_eq!(before.len(), 2);
    assert_eq!(customer.records(OrderPlaced::TOPIC).await.len(), 4);
    assert_eq!(customer.entries(&ada).await, before);
}

#[tokio::test]
async fn an_order_of_nobody_known_is_shown_from_its_beginning_once_its_buyer_is() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let (order, others) = (nobody("orders"), nobody("orders"));
    let linked = OrderLinked { order: order.clone(), contact: ada.clone(), ..Default::default() };
    let shipped = OrderShipped { order: order.clone(), contact: ada.clone(), ..Default::default() };
    let unknown = [
        customer.event(&order, 1, &placed(&order, "")),
        customer.event(&order, 2, &paid(&order, "")),
        customer.event(&others, 1, &placed(&others, "")),
    ];
    customer.publish(&unknown).await;
    customer.caught_up().await;
    assert!(customer.timeline(&ada).await.is_empty());

    let known = [customer.event(&order, 3, &linked), customer.event(&order, 4, &shipped)];
    customer.publish(&known).await;
    customer.caught_up().await;

    let expected = ["OrderPlaced", "OrderPaid", "OrderLinked", "OrderShipped"];
    assert_eq!(customer.timeline(&ada).await, shown(expected.map(|kind| (kind, &*order))));
}

#[tokio::test]
async fn what_cannot_be_read_goes_to_the_dead_letters_and_the_rest_flows() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let (broken, order) = (nobody("conversations"), nobody("orders"));
    let assigned = ConversationAssigned { conversation: broken.clone(), ..Default::default() };
    let no_event = customer.event(&broken, 1, &assigned);
    let no_event = Message { payload: vec![0xff; 4].into(), ..no_event };
    let no_contact = placed(&order, "Ada");
    let control = placed("orders/\u{7}", &ada);
    let nameless = placed("", &ada);

    let messages = [
        no_event,
        customer.event(&order, 1, &no_contact),
        customer.event(&order, 2, &control),
        customer.event(&order, 3, &nameless),
        customer.event(&order, 4, &paid(&order, &ada)),
    ];
    customer.publish(&messages).await;
    customer.caught_up().await;

    assert_eq!(customer.timeline(&ada).await, shown([("OrderPaid", &order)]));
    let of_messaging = customer.records(&dead::topic(ConversationAssigned::TOPIC, GROUP)).await;
    let of_sales = customer.records(&dead::topic(OrderPlaced::TOPIC, GROUP)).await;
    assert_eq!((of_messaging.len(), of_sales.len()), (1, 3));
    let letter = &of_messaging[0].record;
    assert_eq!(letter.payload.as_deref(), Some([0xff; 4].as_slice()));
    assert_eq!(letter.header("kith_dead_group").unwrap(), GROUP);
}

#[tokio::test]
async fn an_event_of_another_tenant_stays_with_that_tenant() {
    let mut customer = Customer::start().await;
    let ada = customer.contact(named("Ada")).await.name;
    let order = nobody("orders");
    let event = customer.event(&order, 1, &placed(&order, &ada));
    let theirs = Message { tenant: uuid::Uuid::now_v7().into(), ..event };

    // Only a service writes for every tenant at once.
    let txn = customer.db.begin_system().await.unwrap();
    bus::outbox::append(&txn, &[theirs]).await.unwrap();
    txn.commit().await.unwrap();
    customer.publish(&[]).await;
    customer.caught_up().await;

    assert_eq!(customer.records(OrderPlaced::TOPIC).await.len(), 1);
    assert!(customer.timeline(&ada).await.is_empty());
}
