//! What the handler `messaging.record-delivery` does.

use prost_types::Timestamp;
use proto::{
    messaging::v1::{self as pb, message::State},
    social::v1 as social,
};
use testkit::eventually;

use crate::harness::{Harness, name};

async fn reaches(it: &Harness, message: &str, state: State) -> pb::Message {
    eventually("the message to reach its state", || async {
        Some(it.message(message).await).filter(|it| it.state() == state)
    })
    .await
}

#[tokio::test]
async fn a_message_the_provider_took_is_sent() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let queued = it.calls.send(&opened.name, "hi").await.unwrap();
    let sent = social::DeliverySent {
        delivery: name("deliveries"),
        message: queued.name.clone(),
        send_time: Some(Timestamp { seconds: 1_800_000_000, nanos: 0 }),
        ..Default::default()
    };

    it.publish(&sent.delivery, &sent).await;

    let message = reaches(&it, &queued.name, State::Sent).await;
    assert_eq!(message.send_time, sent.send_time);
    let event: pb::MessageSent = it.event(&opened.name, 3).await;
    assert_eq!((event.message, event.send_time), (queued.name, sent.send_time));
    assert_eq!((event.first_response_seconds, event.in_reply_to.as_str()), (None, ""));
}

#[tokio::test]
async fn a_delivery_told_of_twice_is_recorded_once() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let queued = it.calls.send(&opened.name, "hi").await.unwrap();
    let sent = social::DeliverySent {
        delivery: name("deliveries"),
        message: queued.name.clone(),
        ..Default::default()
    };
    let failed = social::DeliveryFailed {
        delivery: sent.delivery.clone(),
        message: queued.name.clone(),
        reason: "WINDOW_CLOSED".to_owned(),
        ..Default::default()
    };

    it.publish(&sent.delivery, &sent).await;
    it.publish(&sent.delivery, &sent).await;
    it.publish(&sent.delivery, &failed).await;
    let last = it.calls.send(&opened.name, "the last word").await.unwrap();
    let settled = social::DeliverySent { message: last.name.clone(), ..sent.clone() };
    it.publish(&sent.delivery, &settled).await;

    reaches(&it, &last.name, State::Sent).await;
    assert_eq!(it.message(&queued.name).await.state(), State::Sent);
    let mut announced = it.announced(&opened.name, 5).await;
    announced.sort_unstable();
    let expected =
        ["ConversationOpened", "MessageQueued", "MessageQueued", "MessageSent", "MessageSent"];
    assert_eq!(announced, expected);
}

#[tokio::test]
async fn a_failure_says_why_and_an_unknown_outcome_that_it_is_unknown() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let lost = it.calls.send(&opened.name, "1").await.unwrap();
    let unclear = it.calls.send(&opened.name, "2").await.unwrap();
    let failed = social::DeliveryFailed {
        delivery: name("deliveries"),
        message: lost.name.clone(),
        reason: "WINDOW_CLOSED".to_owned(),
        ..Default::default()
    };
    let unknown = social::DeliveryOutcomeUnknown {
        delivery: name("deliveries"),
        message: unclear.name.clone(),
        ..Default::default()
    };

    it.publish(&failed.delivery, &failed).await;
    it.publish(&unknown.delivery, &unknown).await;

    assert_eq!(reaches(&it, &lost.name, State::Failed).await.failure_reason, "WINDOW_CLOSED");
    assert_eq!(reaches(&it, &unclear.name, State::Unknown).await.failure_reason, "");
    let failed: pb::MessageFailed = it.event(&opened.name, 5).await;
    assert_eq!((failed.message, failed.reason.as_str()), (lost.name, "WINDOW_CLOSED"));
    let unknown: pb::MessageOutcomeUnknown = it.event(&opened.name, 5).await;
    assert_eq!(unknown.message, unclear.name);
}

#[tokio::test]
async fn an_unreadable_event_does_not_hold_up_the_next() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let queued = it.calls.send(&opened.name, "hi").await.unwrap();
    let nonsense = social::DeliverySent {
        delivery: name("deliveries"),
        message: "messages/1".to_owned(),
        ..Default::default()
    };
    let sent = social::DeliverySent { message: queued.name.clone(), ..nonsense.clone() };

    it.publish(&nonsense.delivery, &nonsense).await;
    it.publish(&sent.delivery, &sent).await;

    reaches(&it, &queued.name, State::Sent).await;
}
