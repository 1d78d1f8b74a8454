//! What `OrderService/LinkOrder` does and refuses.

use proto::sales::v1::{self as pb, OrderLinked};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, fields, name, reason};

fn link(order: &str, contact: &str) -> pb::LinkOrderRequest {
    let (name, contact) = (order.to_owned(), contact.to_owned());
    pb::LinkOrderRequest { name, contact, request_id: Uuid::now_v7().to_string() }
}

#[tokio::test]
async fn an_order_is_linked_once_and_to_one_contact() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap().name;
    let contact = name("contacts");

    let linked = it.calls.orders.link_order(link(&order, &contact)).await.unwrap().into_inner();
    let again = it.calls.orders.link_order(link(&order, &contact)).await.unwrap().into_inner();
    let taken = it.calls.orders.link_order(link(&order, &name("contacts"))).await.unwrap_err();

    assert_eq!(linked.contact, contact);
    assert_eq!(again, linked);
    assert_eq!((taken.code(), reason(&taken).as_str()), (Code::FailedPrecondition, "ORDER_LINKED"));
    let event: OrderLinked = it.event(&order, 2).await;
    assert_eq!((event.contact, event.update_time), (contact, linked.update_time));
}

#[tokio::test]
async fn a_link_needs_an_order_and_a_contact() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap().name;

    let missing = link(&name("orders"), &name("contacts"));
    let missing = it.calls.orders.link_order(missing).await.unwrap_err();
    let malformed = it.calls.orders.link_order(link(&order, "ada")).await.unwrap_err();
    let empty = it.calls.orders.link_order(link(&order, "")).await.unwrap_err();

    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "ORDER_NOT_FOUND"));
    assert_eq!(fields(&malformed), ["contact"]);
    assert_eq!(reason(&empty), "FIELD_REQUIRED");
}
