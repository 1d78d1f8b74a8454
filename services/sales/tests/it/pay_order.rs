//! What `OrderService/PayOrder` does and refuses.

use proto::sales::v1::{self as pb, OrderPaid, order::State};
use tokio::task::JoinSet;
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, cny, fields, name, reason};

fn payment(order: &pb::Order) -> pb::PayOrderRequest {
    pb::PayOrderRequest {
        name: order.name.clone(),
        amount: order.total.clone(),
        payment_reference: "wx-1".to_owned(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_placed_order_is_paid_and_says_so() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap();

    let paid = it.calls.bring(&order, State::Paid, &order.etag).await.unwrap();

    assert_eq!((paid.state(), paid.payment_reference.as_str()), (State::Paid, "wx-1"));
    assert_eq!(it.calls.get_order(&order.name).await.unwrap(), paid);
    let event: OrderPaid = it.event(&order.name, 2).await;
    assert_eq!((event.state(), event.total), (State::Paid, cny(3_000)));
    assert_eq!(event.pay_time, paid.pay_time);
}

#[tokio::test]
async fn a_payment_that_is_sent_again_gets_the_first_answer() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap();
    let request_id = Uuid::now_v7().to_string();
    let request = pb::PayOrderRequest { request_id, etag: order.etag.clone(), ..payment(&order) };

    let paid = it.calls.orders.pay_order(request.clone()).await.unwrap().into_inner();
    it.calls.bring(&order, State::Shipped, "").await.unwrap();
    let again = it.calls.orders.pay_order(request.clone()).await.unwrap().into_inner();
    let other = pb::PayOrderRequest { payment_reference: "wx-2".to_owned(), ..request };
    let reused = it.calls.orders.pay_order(other).await.unwrap_err();

    assert_eq!(again, paid);
    assert_eq!(
        (reused.code(), reason(&reused).as_str()),
        (Code::InvalidArgument, "REQUEST_ID_REUSED")
    );
    let announced = it.announced(&order.name, 3).await;
    assert_eq!(announced, ["OrderPlaced", "OrderPaid", "OrderShipped"]);
}

#[tokio::test]
async fn of_eight_payments_at_once_one_succeeds() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap();

    let mut payments = JoinSet::new();
    for _ in 0..8 {
        let (mut calls, request_id) = (it.calls.clone(), Uuid::now_v7().to_string());
        let request = pb::PayOrderRequest { request_id, ..payment(&order) };
        payments.spawn(async move { calls.orders.pay_order(request).await });
    }
    let answers = payments.join_all().await;

    let (paid, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(paid.len(), 1);
    for refused in refused {
        assert_eq!(reason(&refused.unwrap_err()), "ORDER_MOVE_ILLEGAL");
    }
    it.calls.bring(&order, State::Shipped, "").await.unwrap();
    let announced = it.announced(&order.name, 3).await;
    assert_eq!(announced, ["OrderPlaced", "OrderPaid", "OrderShipped"]);
}

#[tokio::test]
async fn one_payment_sent_eight_times_at_once_has_one_answer() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap();
    let request_id = Uuid::now_v7().to_string();
    let request = pb::PayOrderRequest { request_id, ..payment(&order) };

    let mut payments = JoinSet::new();
    for _ in 0..8 {
        let (mut calls, request) = (it.calls.clone(), request.clone());
        payments.spawn(async move { calls.orders.pay_order(request).await.unwrap().into_inner() });
    }
    let answers = payments.join_all().await;

    let paid = it.calls.get_order(&order.name).await.unwrap();
    assert_eq!(answers, vec![paid; 8]);
}

#[tokio::test]
async fn the_amount_must_be_the_total() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap();
    let usd = pb::Money { currency_code: "USD".to_owned(), minor_units: 3_000 };

    for amount in [cny(2_999), cny(3_001), Some(usd)] {
        let request = pb::PayOrderRequest { amount, ..payment(&order) };
        let status = it.calls.orders.pay_order(request).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::InvalidArgument, "AMOUNT_DIFFERS")
        );
    }
    assert_eq!(it.calls.get_order(&order.name).await.unwrap(), order);
}

#[tokio::test]
async fn a_payment_needs_its_parts_in_shape_and_the_order_as_seen() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap();
    let unpaid = pb::PayOrderRequest { amount: None, ..payment(&order) };
    let negative = pb::PayOrderRequest { amount: cny(-1), ..payment(&order) };
    let long = pb::PayOrderRequest { payment_reference: "x".repeat(129), ..payment(&order) };
    let missing = pb::PayOrderRequest { name: name("orders"), ..payment(&order) };

    let unpaid = it.calls.orders.pay_order(unpaid).await.unwrap_err();
    let negative = it.calls.orders.pay_order(negative).await.unwrap_err();
    let long = it.calls.orders.pay_order(long).await.unwrap_err();
    let missing = it.calls.orders.pay_order(missing).await.unwrap_err();
    let stale = it.calls.bring(&order, State::Paid, "\"7\"").await.unwrap_err();

    assert_eq!(
        (reason(&unpaid).as_str(), fields(&unpaid)),
        ("FIELD_REQUIRED", vec!["amount".into()])
    );
    assert_eq!(fields(&negative), ["amount"]);
    assert_eq!(fields(&long), ["payment_reference"]);
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "ORDER_NOT_FOUND"));
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "ORDER_CHANGED"));
}

#[tokio::test]
async fn only_a_placed_order_can_be_paid() {
    let mut it = Harness::start().await;

    let others = [State::Paid, State::Shipped, State::Delivered, State::Cancelled, State::Refunded];
    for from in others {
        it.calls.check_illegal(from, State::Paid).await;
    }
}
