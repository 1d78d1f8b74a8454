//! Orders and the people behind them: placed before anybody wrote, moved on afterwards.

use proto::{
    customer::v1::{
        Channel, ConsentPurpose, IdentityKey, LinkIdentityRequest, ListTimelineEntriesRequest,
        RecordConsentRequest,
    },
    messaging::v1::message::Author,
    sales::v1::{GetOrderRequest, Order},
};
use testkit::eventually;

use crate::world::{World, request_id};

#[tokio::test]
async fn an_order_placed_before_the_customer_wrote_is_linked_to_them() {
    let world = World::start().await;
    let order = world.order("oBoughtFirst").await;
    assert_eq!(order.contact, "");

    world.write("oBoughtFirst", "你好").await;

    let contact = world.contact("oBoughtFirst").await;
    let linked = linked(&world, &order).await;
    assert_eq!(linked.contact, contact);
}

#[tokio::test]
async fn an_order_placed_after_the_customer_wrote_is_linked_to_them() {
    let world = World::start().await;
    world.write("oWroteFirst", "你好").await;
    let contact = world.contact("oWroteFirst").await;

    let order = world.order("oWroteFirst").await;

    assert_eq!(linked(&world, &order).await.contact, contact);
}

#[tokio::test]
async fn both_services_spell_an_address_alike() {
    let world = World::start().await;
    world.write("oHasAddress", "你好").await;
    let contact = world.contact("oHasAddress").await;
    let key = |realm: &str, address: &str| IdentityKey {
        channel: Channel::Email.into(),
        realm: realm.to_owned(),
        external_id: address.to_owned(),
    };
    let order = world.order_of(key("shop.example", " Ada@Example.com")).await;

    let link = LinkIdentityRequest {
        contact: contact.clone(),
        key: Some(key("", "ada@example.COM ")),
        request_id: request_id(),
    };
    world.clients.identities.clone().link_identity(link).await.unwrap();

    assert_eq!(linked(&world, &order).await.contact, contact);
}

#[tokio::test]
async fn only_a_customer_who_agreed_is_told_of_payment_and_shipment() {
    let world = World::start().await;
    for openid in ["oAgrees", "oDoesNot"] {
        world.write(openid, "你好").await;
    }
    let consent = RecordConsentRequest {
        contact: world.contact("oAgrees").await,
        purpose: ConsentPurpose::OrderUpdates.into(),
        evidence: "ticked at checkout".to_owned(),
        request_id: request_id(),
    };
    world.clients.contacts.clone().record_consent(consent).await.unwrap();

    for openid in ["oDoesNot", "oAgrees"] {
        let order = linked(&world, &world.order(openid).await).await;
        world.pay(&order).await;
        world.ship(&order, "SF5550001").await;
    }

    let told = world.replies("oAgrees", 2).await;
    assert!(told[1].text.clone().unwrap().contains("SF5550001"), "{told:?}");
    let messages = world.messages("oAgrees", 3).await;
    assert_eq!(messages[2].author(), Author::Order);
    assert!(world.emulator.sent().iter().all(|it| it.openid == "oAgrees"));
}

#[tokio::test]
async fn the_timeline_of_a_contact_tells_what_happened_in_every_service() {
    let world = World::start().await;
    let order = world.order("oHasHistory").await;
    world.write("oHasHistory", "请帮我查询订单状态").await;
    world.messages("oHasHistory", 2).await;
    let order = linked(&world, &order).await;
    world.pay(&order).await;

    let contact = world.contact("oHasHistory").await;
    let expected =
        ["ConversationOpened", "MessageReceived", "MessageSent", "OrderLinked", "OrderPaid"];
    eventually("the timeline is complete", async || {
        let request = ListTimelineEntriesRequest { contact: contact.clone(), ..Default::default() };
        let page = world.clients.timeline.clone().list_timeline_entries(request).await;
        let entries = page.unwrap().into_inner().timeline_entries;
        expected.iter().all(|kind| entries.iter().any(|it| it.event_type.ends_with(kind)))
    })
    .await;
}

async fn linked(world: &World, order: &Order) -> Order {
    eventually("the order is linked", async || {
        let request = GetOrderRequest { name: order.name.clone() };
        let order = world.clients.orders.clone().get_order(request).await.unwrap().into_inner();
        (!order.contact.is_empty()).then_some(order)
    })
    .await
}
