//! `sales.link-placed-order`: what it does once it knows the contact.

use crate::links::{World, buyer, contact};

#[tokio::test]
async fn an_order_is_linked_and_a_redelivery_changes_nothing() {
    let it = World::start().await;
    let (order, ada) = (it.place(&buyer("oAda")).await, contact());
    let cause = it.cause();

    it.link_placed(&cause, order, ada).await;
    let linked = it.get(order).await;
    it.link_placed(&cause, order, ada).await;

    assert_eq!((linked.contact, linked.version), (Some(ada), 2));
    assert_eq!(it.get(order).await, linked);
    assert_eq!(it.announced(order).await, ["OrderPlaced", "OrderLinked"]);
}

#[tokio::test]
async fn an_order_that_somebody_has_is_left_alone() {
    let it = World::start().await;
    let (order, ada, bob) = (it.place(&buyer("oAda")).await, contact(), contact());
    it.link_placed(&it.cause(), order, ada).await;

    it.link_placed(&it.cause(), order, bob).await;

    assert_eq!(it.get(order).await.contact, Some(ada));
}
