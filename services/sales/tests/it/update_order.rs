//! What `OrderService/UpdateOrder` does and refuses.

use prost_types::FieldMask;
use proto::sales::v1 as pb;
use tonic::Code;

use crate::harness::{Harness, fields, name, reason};

fn update(order: pb::Order, paths: &[&str]) -> pb::UpdateOrderRequest {
    let paths = paths.iter().map(|it| it.to_string()).collect();
    let update_mask = Some(FieldMask { paths });
    pb::UpdateOrderRequest { order: Some(order), update_mask, request_id: String::new() }
}

#[tokio::test]
async fn a_note_is_changed_and_nothing_else() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap();
    let wanted = pb::Order {
        note: "call before noon".to_owned(),
        contact: name("contacts"),
        carrier: "none".to_owned(),
        ..order.clone()
    };

    let amended = it.calls.orders.update_order(update(wanted.clone(), &[])).await.unwrap();
    let amended = amended.into_inner();
    let again = pb::Order { etag: String::new(), ..wanted };
    let again = it.calls.orders.update_order(update(again, &["note"])).await.unwrap().into_inner();

    let expected = pb::Order {
        note: "call before noon".to_owned(),
        etag: amended.etag.clone(),
        update_time: amended.update_time,
        ..order.clone()
    };
    assert_eq!(amended, expected);
    assert_eq!(again, amended);
    assert_eq!(it.announced(&order.name, 2).await, ["OrderPlaced", "OrderAmended"]);
}

#[tokio::test]
async fn a_stale_etag_an_unknown_path_and_a_long_note_are_refused() {
    let mut it = Harness::start().await;
    let order = it.calls.place(|_| ()).await.unwrap();
    let noted = |note: String, etag: &str| pb::Order {
        name: order.name.clone(),
        note,
        etag: etag.to_owned(),
        ..Default::default()
    };

    let stale = update(noted("x".to_owned(), "\"7\""), &["note"]);
    let stale = it.calls.orders.update_order(stale).await.unwrap_err();
    let long = it.calls.orders.update_order(update(noted("x".repeat(2_001), ""), &[])).await;
    let missing = update(pb::Order { name: name("orders"), ..Default::default() }, &["note"]);
    let missing = it.calls.orders.update_order(missing).await.unwrap_err();

    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "ORDER_CHANGED"));
    assert_eq!(fields(&long.unwrap_err()), ["order.note"]);
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "ORDER_NOT_FOUND"));
    for path in ["state", "contact", "number", "nonsense"] {
        let refused = it.calls.orders.update_order(update(order.clone(), &[path])).await;
        assert_eq!(reason(&refused.unwrap_err()), "MASK_PATH_UNKNOWN", "{path}");
    }
}
