//! What `OrderService/GetLatestOrder` does and refuses.

use prost_types::Timestamp;
use proto::{
    customer::v1::{Channel, IdentityKey},
    sales::v1 as pb,
};
use tonic::Code;

use crate::harness::{Harness, fields, name, reason};

#[tokio::test]
async fn the_order_placed_last_is_told_whenever_it_was_stored() {
    let mut it = Harness::start().await;
    let contact = name("contacts");
    let at = |seconds| {
        let contact = contact.clone();
        move |order: &mut pb::Order| {
            order.contact = contact;
            order.place_time = Some(Timestamp { seconds, nanos: 0 });
        }
    };
    let latest = it.calls.place(at(2_000)).await.unwrap();
    it.calls.place(at(1_000)).await.unwrap();
    it.calls.place(|it| it.contact = name("contacts")).await.unwrap();

    let request = pb::GetLatestOrderRequest { contact, buyer: None };
    let answer = it.calls.orders.get_latest_order(request).await.unwrap();

    assert_eq!(answer.into_inner(), latest);
}

#[tokio::test]
async fn a_contact_without_an_order_has_no_latest() {
    let mut it = Harness::start().await;

    let none = pb::GetLatestOrderRequest { contact: name("contacts"), buyer: None };
    let none = it.calls.orders.get_latest_order(none).await.unwrap_err();
    let malformed = pb::GetLatestOrderRequest { contact: "ada".to_owned(), buyer: None };
    let malformed = it.calls.orders.get_latest_order(malformed).await.unwrap_err();

    assert_eq!((none.code(), reason(&none).as_str()), (Code::NotFound, "ORDER_NOT_FOUND"));
    assert_eq!(fields(&malformed), ["contact"]);
}

#[tokio::test]
async fn an_order_that_nobody_is_linked_to_is_found_by_its_buyer() {
    let mut it = Harness::start().await;
    let key = |external_id: &str| IdentityKey {
        channel: Channel::Wechat.into(),
        realm: "wx1".to_owned(),
        external_id: external_id.to_owned(),
    };
    let unlinked = it.calls.place(|it| it.buyer = Some(key("oAda"))).await.unwrap();
    let linked_elsewhere = |it: &mut pb::Order| {
        it.buyer = Some(key("oAda"));
        it.contact = name("contacts");
    };
    it.calls.place(linked_elsewhere).await.unwrap();

    let contact = name("contacts");
    let ask = |buyer| pb::GetLatestOrderRequest { contact: contact.clone(), buyer };
    let theirs = it.calls.orders.get_latest_order(ask(Some(key("oAda")))).await.unwrap();
    let strangers = it.calls.orders.get_latest_order(ask(Some(key("oBob")))).await.unwrap_err();

    assert_eq!(theirs.into_inner().name, unlinked.name);
    assert_eq!(strangers.code(), Code::NotFound);
}

#[tokio::test]
async fn once_linked_an_order_is_found_by_its_contact_alone() {
    let mut it = Harness::start().await;
    let (ada, bob) = (name("contacts"), name("contacts"));
    let key = IdentityKey {
        channel: Channel::Shop.into(),
        realm: "shop".to_owned(),
        external_id: "7".to_owned(),
    };
    let order = it.calls.place(|it| it.buyer = Some(key.clone())).await.unwrap().name;
    let link =
        pb::LinkOrderRequest { name: order.clone(), contact: ada.clone(), ..Default::default() };
    it.calls.orders.link_order(link).await.unwrap();
    let ask = |contact: &str, buyer: &IdentityKey| pb::GetLatestOrderRequest {
        contact: contact.to_owned(),
        buyer: Some(buyer.clone()),
    };

    let adas = it.calls.orders.get_latest_order(ask(&ada, &key)).await.unwrap().into_inner();
    let bobs = it.calls.orders.get_latest_order(ask(&bob, &key)).await.unwrap_err();
    let nameless = ask(&ada, &IdentityKey { external_id: String::new(), ..key });
    let nameless = it.calls.orders.get_latest_order(nameless).await.unwrap_err();

    assert_eq!(adas.name, order);
    assert_eq!(reason(&bobs), "ORDER_NOT_FOUND");
    assert_eq!(fields(&nameless), ["buyer"]);
}
