//! What `OrderService/ShipOrder` does and refuses.

use proto::sales::v1::{self as pb, OrderShipped, order::State};
use tonic::Code;

use crate::harness::{Harness, fields, reason};

#[tokio::test]
async fn a_paid_order_is_shipped_and_says_so() {
    let mut it = Harness::start().await;
    let order = it.calls.order_in(State::Paid).await;

    let shipped = it.calls.bring(&order, State::Shipped, &order.etag).await.unwrap();

    assert_eq!(shipped.state(), State::Shipped);
    assert_eq!((shipped.carrier.as_str(), shipped.tracking_number.as_str()), ("SF Express", "SF1"));
    assert_eq!(it.calls.get_order(&order.name).await.unwrap(), shipped);
    let event: OrderShipped = it.event(&order.name, 3).await;
    assert_eq!((event.state(), event.ship_time), (State::Shipped, shipped.ship_time));
}

#[tokio::test]
async fn a_shipment_needs_its_parts_in_shape_and_the_order_as_seen() {
    let mut it = Harness::start().await;
    let order = it.calls.order_in(State::Paid).await;
    let request = || pb::ShipOrderRequest { name: order.name.clone(), ..Default::default() };
    let carrier = pb::ShipOrderRequest { carrier: "x".repeat(101), ..request() };
    let number = pb::ShipOrderRequest { tracking_number: "x".repeat(101), ..request() };

    let carrier = it.calls.orders.ship_order(carrier).await.unwrap_err();
    let number = it.calls.orders.ship_order(number).await.unwrap_err();
    let stale = it.calls.bring(&order, State::Shipped, "\"1\"").await.unwrap_err();

    assert_eq!(fields(&carrier), ["carrier"]);
    assert_eq!(fields(&number), ["tracking_number"]);
    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "ORDER_CHANGED"));
}

#[tokio::test]
async fn only_a_paid_order_can_be_shipped() {
    let mut it = Harness::start().await;

    let others =
        [State::Placed, State::Shipped, State::Delivered, State::Cancelled, State::Refunded];
    for from in others {
        it.calls.check_illegal(from, State::Shipped).await;
    }
}
