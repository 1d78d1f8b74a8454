//! What `OrderService/RefundOrder` does and refuses.

use proto::sales::v1::{self as pb, OrderRefunded, order::State};

use crate::harness::{Harness, cny, fields, reason};

#[tokio::test]
async fn what_was_paid_for_an_order_is_paid_back_wherever_it_is() {
    let mut it = Harness::start().await;

    for (from, count) in [(State::Paid, 3), (State::Shipped, 4), (State::Delivered, 5)] {
        let order = it.calls.order_in(from).await;
        let refunded = it.calls.bring(&order, State::Refunded, &order.etag).await.unwrap();
        assert_eq!(
            (refunded.state(), refunded.close_reason.as_str()),
            (State::Refunded, "arrived broken")
        );
        assert_eq!(it.calls.get_order(&order.name).await.unwrap(), refunded);
        let event: OrderRefunded = it.event(&order.name, count).await;
        assert_eq!((event.close_time, event.paid_back.clone()), (refunded.close_time, cny(3_000)));
    }
}

#[tokio::test]
async fn what_was_not_paid_cannot_be_paid_back() {
    let mut it = Harness::start().await;

    for from in [State::Placed, State::Cancelled, State::Refunded] {
        it.calls.check_illegal(from, State::Refunded).await;
    }
    let order = it.calls.order_in(State::Paid).await;
    let request = pb::RefundOrderRequest {
        name: order.name.clone(),
        reason: "x".repeat(501),
        ..Default::default()
    };
    let long = it.calls.orders.refund_order(request).await.unwrap_err();
    let stale = it.calls.bring(&order, State::Refunded, "\"1\"").await.unwrap_err();
    assert_eq!(fields(&long), ["reason"]);
    assert_eq!(reason(&stale), "ORDER_CHANGED");
}
