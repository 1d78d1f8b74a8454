//! `sales.link-earlier-orders`: what it does once it knows the key.

use chassis::tenant::TenantId;
use sales::domain::{Channel, IdentityKey};
use uuid::Uuid;

use crate::links::{World, buyer, contact};

#[tokio::test]
async fn every_order_of_the_buyer_is_linked_and_nobody_elses() {
    let it = World::start().await;
    let (ada, key) = (contact(), buyer("oAda"));
    let ours = [it.place(&key).await, it.place(&key).await];
    let other_realm = IdentityKey::parse(Channel::Wechat, "wx2", "oAda").unwrap();
    let others = [it.place(&buyer("oBob")).await, it.place(&other_realm).await];
    let stranger = TenantId::new(Uuid::now_v7());
    let theirs = it.place_in(stranger, &key).await;
    let cause = it.cause();

    let linked = it.link_earlier(&cause, &key, ada).await;
    let again = it.link_earlier(&cause, &key, ada).await;

    assert_eq!((linked, again), (2, 0));
    for order in ours {
        let order = it.get(order).await;
        assert_eq!((order.contact, order.version), (Some(ada), 2));
        assert_eq!(it.announced(order.id).await, ["OrderPlaced", "OrderLinked"]);
    }
    for order in others {
        assert_eq!(it.get(order).await.contact, None);
    }
    assert_eq!(it.app.get_order(stranger, theirs).await.unwrap().contact, None);
}

#[tokio::test]
async fn more_orders_than_one_statement_takes_are_all_linked() {
    let it = World::start().await;
    let (ada, key) = (contact(), buyer("oAda"));
    let mut orders = Vec::new();
    for _ in 0..230 {
        orders.push(it.place(&key).await);
    }

    let linked = it.link_earlier(&it.cause(), &key, ada).await;

    assert_eq!(linked, 230);
    for order in [orders[0], orders[115], orders[229]] {
        assert_eq!(it.get(order).await.contact, Some(ada));
    }
}

#[tokio::test]
async fn both_handlers_at_once_link_an_order_once() {
    let it = World::start().await;
    let (ada, key) = (contact(), buyer("oAda"));
    let order = it.place(&key).await;
    let (placed, identified) = (it.cause(), it.cause());

    tokio::join!(
        it.link_placed(&placed, order, ada),
        it.link_earlier(&identified, &key, ada),
        it.link_placed(&placed, order, ada),
    );

    assert_eq!(it.get(order).await.version, 2);
    assert_eq!(it.announced(order).await, ["OrderPlaced", "OrderLinked"]);
}
