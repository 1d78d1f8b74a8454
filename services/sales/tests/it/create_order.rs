//! What `OrderService/CreateOrder` and `GetOrder` do and refuse.

use chrono::{DateTime, TimeDelta, Utc};
use prost_types::Timestamp;
use proto::{
    customer::v1::{Channel, IdentityKey},
    sales::v1::{self as pb, OrderPlaced, order::State},
};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, cny, fields, name, reason, usual_order};

fn timestamp(time: DateTime<Utc>) -> Option<Timestamp> {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap();
    Some(Timestamp { seconds: time.timestamp(), nanos })
}

fn buyer(channel: Channel, external_id: &str) -> Option<IdentityKey> {
    let (realm, external_id) = ("wx1".to_owned(), external_id.to_owned());
    Some(IdentityKey { channel: channel.into(), realm, external_id })
}

#[tokio::test]
async fn a_line_says_no_more_than_its_product_does_not() {
    let mut it = Harness::start().await;
    let product = it.calls.create_product(|_| ()).await.unwrap();
    let of_product =
        pb::LineItem { product: product.name.clone(), quantity: 2, ..Default::default() };
    let own_words = pb::LineItem {
        title: "Gift wrap".to_owned(),
        quantity: 1,
        unit_price: cny(0),
        ..of_product.clone()
    };

    let order = it.calls.place(|it| it.line_items = vec![of_product, own_words]).await.unwrap();

    let titles: Vec<_> = order.line_items.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(titles, ["Longjing", "Gift wrap"]);
    assert_eq!((order.total.clone(), order.state()), (cny(17_600), State::Placed));
    assert_eq!(it.calls.get_order(&order.name).await.unwrap(), order);
    let event: OrderPlaced = it.event(&order.name, 1).await;
    assert_eq!((event.order, event.total, event.contact), (order.name, cny(17_600), String::new()));
}

#[tokio::test]
async fn an_order_is_placed_once_however_often_it_is_asked_for() {
    let mut it = Harness::start().await;
    let request_id = Uuid::now_v7().to_string();
    let request = pb::CreateOrderRequest { order: Some(usual_order()), request_id };

    let order = it.calls.orders.create_order(request.clone()).await.unwrap().into_inner();
    let again = it.calls.orders.create_order(request.clone()).await.unwrap().into_inner();
    let mut other = request;
    other.order.as_mut().unwrap().line_items[0].quantity = 3;
    let reused = it.calls.orders.create_order(other).await.unwrap_err();

    assert_eq!(again, order);
    assert_eq!(reason(&reused), "REQUEST_ID_REUSED");
    let (day, letters) = order.number.split_once('-').unwrap();
    assert_eq!((day.len(), letters.len()), (6, 6));
}

#[tokio::test]
async fn a_number_is_kept_and_belongs_to_one_order() {
    let mut it = Harness::start().await;
    let number = |order: &mut pb::Order| order.number = " 2026-0001 ".to_owned();

    let order = it.calls.place(number).await.unwrap();
    let taken = it.calls.place(number).await.unwrap_err();

    assert_eq!(order.number, "2026-0001");
    assert_eq!(
        (taken.code(), reason(&taken).as_str()),
        (Code::AlreadyExists, "ORDER_NUMBER_TAKEN")
    );
}

#[tokio::test]
async fn an_order_from_before_keeps_its_time_and_its_buyer_one_spelling() {
    let mut it = Harness::start().await;
    let before = Utc::now() - TimeDelta::days(30);

    let order = it.calls.place(|it| {
        it.place_time = timestamp(before);
        it.buyer = buyer(Channel::Email, " Ada@Example.com ");
    });

    let order = order.await.unwrap();
    assert_eq!(order.place_time.unwrap().seconds, before.timestamp());
    assert!(before.timestamp() < order.create_time.unwrap().seconds);
    assert_eq!(order.buyer.unwrap().external_id, "ada@example.com");
}

#[tokio::test]
async fn a_product_that_is_not_there_is_not_found() {
    let mut it = Harness::start().await;
    let deleted = it.calls.create_product(|_| ()).await.unwrap().name;
    let request = pb::DeleteProductRequest { name: deleted.clone(), ..Default::default() };
    it.calls.products.delete_product(request).await.unwrap();

    for product in [name("products"), deleted] {
        let placed = it.calls.place(|it| it.line_items[0].product = product).await;
        let status = placed.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::NotFound, "PRODUCT_NOT_FOUND")
        );
    }
}

#[tokio::test]
async fn each_malformed_field_is_named() {
    let mut it = Harness::start().await;
    async fn check(it: &mut Harness, change: impl FnOnce(&mut pb::Order), field: &str) {
        let status = it.calls.place(change).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{field}");
        assert_eq!(fields(&status), [field]);
    }
    let line = || usual_order().line_items.remove(0);
    let usd = || Some(pb::Money { currency_code: "USD".to_owned(), minor_units: 1 });

    check(&mut it, |it| it.number = "x".repeat(65), "order.number").await;
    check(&mut it, |it| it.contact = "contacts/1".to_owned(), "order.contact").await;
    check(&mut it, |it| it.note = "x".repeat(2_001), "order.note").await;
    let tomorrow = timestamp(Utc::now() + TimeDelta::days(1));
    check(&mut it, |it| it.place_time = tomorrow, "order.place_time").await;
    let nonsense = Some(Timestamp { seconds: i64::MIN, nanos: -1 });
    check(&mut it, |it| it.place_time = nonsense, "order.place_time").await;
    check(&mut it, |it| it.buyer = buyer(Channel::Unspecified, "1"), "order.buyer").await;
    check(&mut it, |it| it.buyer = buyer(Channel::Shop, ""), "order.buyer").await;
    check(&mut it, |it| it.buyer = buyer(Channel::Shop, &"x".repeat(257)), "order.buyer").await;
    check(&mut it, |it| it.line_items.clear(), "order.line_items").await;
    check(&mut it, |it| it.line_items = vec![line(); 201], "order.line_items").await;
    check(&mut it, |it| it.line_items[0].title.clear(), "order.line_items").await;
    check(&mut it, |it| it.line_items[0].unit_price = None, "order.line_items").await;
    let first = |field| format!("order.line_items[0].{field}");
    check(&mut it, |it| it.line_items[0].title = "x".repeat(201), &first("title")).await;
    check(&mut it, |it| it.line_items[0].quantity = 0, &first("quantity")).await;
    check(&mut it, |it| it.line_items[0].quantity = 1_000_001, &first("quantity")).await;
    check(&mut it, |it| it.line_items[0].unit_price = cny(-1), &first("unit_price")).await;
    check(&mut it, |it| it.line_items[0].product = "tea".to_owned(), &first("product")).await;
    let two_currencies = vec![line(), pb::LineItem { unit_price: usd(), ..line() }];
    check(&mut it, |it| it.line_items = two_currencies, "order.line_items").await;
    check(&mut it, |it| it.line_items[0].unit_price = cny(i64::MAX), "order.line_items").await;
}
