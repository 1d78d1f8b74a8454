//! Replies and a provider that misbehaves: sent once, refused with a reason, or honestly unknown.

use emulators::wechat::{Endpoint, Fault, When};
use proto::{
    messaging::v1::{RetryMessageRequest, SendMessageRequest, message::State},
    social::v1::{ListDeliveriesRequest, ResolveDeliveryRequest, delivery},
};
use testkit::eventually;

use crate::world::{World, request_id};

const QUESTION: &str = "请问我的快递到哪里了？";

#[tokio::test]
async fn an_expired_token_is_renewed_and_the_reply_is_sent_once() {
    let world = World::start().await;
    world.order("oFirst").await;
    world.write("oFirst", QUESTION).await;
    world.replies("oFirst", 1).await;
    world.emulator.misbehave_at(Endpoint::Send, Fault::TokenExpired, 1);
    world.order("oSecond").await;

    world.write("oSecond", QUESTION).await;

    assert_eq!(world.messages("oSecond", 2).await[1].state(), State::Sent);
    assert_eq!(world.replies("oSecond", 1).await.len(), 1);
}

#[tokio::test]
async fn a_closed_window_fails_the_message_with_its_reason() {
    let world = World::start().await;
    world.order("oTooLate").await;
    world.emulator.misbehave_at(Endpoint::Send, Fault::WINDOW_CLOSED, 1);

    world.write("oTooLate", QUESTION).await;

    let reply = world.messages("oTooLate", 2).await.remove(1);
    assert_eq!(reply.state(), State::Failed);
    assert_eq!(reply.failure_reason, "WINDOW_CLOSED");
    let request = RetryMessageRequest { name: reply.name, request_id: request_id() };
    world.clients.messages.clone().retry_message(request).await.unwrap();
    assert_eq!(world.messages("oTooLate", 2).await[1].state(), State::Sent);
}

#[tokio::test]
async fn a_reply_whose_answer_was_lost_is_unknown_and_never_sent_again() {
    let world = World::start().await;
    world.order("oUnlucky").await;
    world.emulator.misbehave_at(Endpoint::Send, Fault::Cut(When::AfterRecording), 1);
    // What the provider records is not looked at here: an agent settles it.
    world.emulator.misbehave_at(Endpoint::Records, Fault::Refuse(48001), 1_000);

    world.write("oUnlucky", QUESTION).await;

    let reply = world.messages("oUnlucky", 2).await.remove(1);
    assert_eq!(reply.state(), State::Unknown);
    assert_eq!(world.replies("oUnlucky", 1).await.len(), 1);
    let filter = format!("message = \"{}\"", reply.name);
    let request = ListDeliveriesRequest { filter, ..Default::default() };
    let page = world.clients.deliveries.clone().list_deliveries(request).await.unwrap();
    let found = page.into_inner().deliveries.remove(0);
    assert_eq!(found.state(), delivery::State::Unknown);

    let resolve = ResolveDeliveryRequest {
        name: found.name,
        state: delivery::State::Sent.into(),
        request_id: request_id(),
    };
    world.clients.deliveries.clone().resolve_delivery(resolve).await.unwrap();

    eventually("the message is known to be sent", async || {
        world.messages("oUnlucky", 2).await[1].state() == State::Sent
    })
    .await;
    assert_eq!(world.replies("oUnlucky", 1).await.len(), 1);
}

#[tokio::test]
async fn what_an_agent_writes_reaches_the_customer() {
    let world = World::start().await;
    world.write("oPatient", "你们的客服态度太差了，我要投诉！").await;
    world.quiet(1).await;
    let conversation = world.conversations("oPatient").await.remove(0);

    let request = SendMessageRequest {
        conversation: conversation.name,
        text: "非常抱歉，我来帮您处理。".to_owned(),
        request_id: request_id(),
    };
    for _ in 0..2 {
        world.clients.messages.clone().send_message(request.clone()).await.unwrap();
    }

    assert_eq!(world.messages("oPatient", 2).await[1].state(), State::Sent);
    let replies = world.replies("oPatient", 1).await;
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0].text.as_deref(), Some("非常抱歉，我来帮您处理。"));
}
