//! What `OrderService/DeliverOrder` does and refuses.

use proto::sales::v1::{OrderDelivered, order::State};

use crate::harness::{Harness, reason};

#[tokio::test]
async fn a_shipped_order_arrives_and_says_so() {
    let mut it = Harness::start().await;
    let order = it.calls.order_in(State::Shipped).await;

    let delivered = it.calls.bring(&order, State::Delivered, &order.etag).await.unwrap();

    assert_eq!(delivered.state(), State::Delivered);
    assert_eq!(it.calls.get_order(&order.name).await.unwrap(), delivered);
    let event: OrderDelivered = it.event(&order.name, 4).await;
    assert_eq!((event.state(), event.deliver_time), (State::Delivered, delivered.deliver_time));
}

#[tokio::test]
async fn only_a_shipped_order_as_it_was_seen_can_arrive() {
    let mut it = Harness::start().await;

    let others = [State::Placed, State::Paid, State::Delivered, State::Cancelled, State::Refunded];
    for from in others {
        it.calls.check_illegal(from, State::Delivered).await;
    }
    let order = it.calls.order_in(State::Shipped).await;
    let stale = it.calls.bring(&order, State::Delivered, "\"1\"").await.unwrap_err();
    assert_eq!(reason(&stale), "ORDER_CHANGED");
}
