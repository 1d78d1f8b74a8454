//! What `OrderService/CancelOrder` does and refuses.

use proto::sales::v1::{self as pb, OrderCancelled, order::State};

use crate::harness::{Harness, cny, fields, reason};

#[tokio::test]
async fn an_order_that_was_paid_is_paid_back_and_another_is_not() {
    let mut it = Harness::start().await;
    let placed = it.calls.place(|_| ()).await.unwrap();
    let paid = it.calls.order_in(State::Paid).await;

    let unpaid = it.calls.bring(&placed, State::Cancelled, &placed.etag).await.unwrap();
    it.calls.bring(&paid, State::Cancelled, "").await.unwrap();

    assert_eq!(
        (unpaid.state(), unpaid.close_reason.as_str()),
        (State::Cancelled, "changed their mind")
    );
    assert_eq!(it.calls.get_order(&placed.name).await.unwrap(), unpaid);
    let event: OrderCancelled = it.event(&placed.name, 2).await;
    assert_eq!((event.close_time, event.paid_back.clone()), (unpaid.close_time, None));
    let event: OrderCancelled = it.event(&paid.name, 3).await;
    assert_eq!((event.state(), event.paid_back.clone()), (State::Cancelled, cny(3_000)));
}

#[tokio::test]
async fn only_an_order_that_is_still_here_can_be_cancelled() {
    let mut it = Harness::start().await;

    for from in [State::Shipped, State::Delivered, State::Cancelled, State::Refunded] {
        it.calls.check_illegal(from, State::Cancelled).await;
    }
    let order = it.calls.place(|_| ()).await.unwrap();
    let request = pb::CancelOrderRequest {
        name: order.name.clone(),
        reason: "x".repeat(501),
        ..Default::default()
    };
    let long = it.calls.orders.cancel_order(request).await.unwrap_err();
    let stale = it.calls.bring(&order, State::Cancelled, "\"7\"").await.unwrap_err();
    assert_eq!(fields(&long), ["reason"]);
    assert_eq!(reason(&stale), "ORDER_CHANGED");
}
