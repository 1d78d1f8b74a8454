//! The handler `social-ingest.accept-delivery` and the courier, when the provider answers clearly.

use std::time::Duration;

use bus::Failure;
use emulators::wechat::{Endpoint, Fault, Mode};
use proto::social::v1::{self as pb, delivery::State};
use testkit::eventually;
use uuid::Uuid;

use crate::harness::{Harness, OPENID, queued};

const ENDED: &[State] = &[State::Sent, State::Failed, State::Unknown];

async fn with_thread() -> (Harness, String) {
    with_thread_and(|_| ()).await
}

async fn with_thread_and(change: impl FnOnce(&mut social_ingest::Config)) -> (Harness, String) {
    let it = Harness::start_with(change).await;
    let source = it.connect(Mode::Plain).await;
    let thread = it.write(&source, 1, "where is my order").await.thread;
    (it, thread)
}

/// Moves the clock until the delivery has ended, however often it has to wait.
async fn ended(it: &Harness, message: &str) -> pb::Delivery {
    eventually("the delivery to end", || async {
        it.clock.advance(Duration::from_secs(5));
        let found = it.deliveries_of(message).await.into_iter().next();
        found.filter(|it| ENDED.contains(&it.state()))
    })
    .await
}

fn texts(it: &Harness) -> Vec<String> {
    it.provider.sent().into_iter().filter_map(|it| it.text).collect()
}

#[tokio::test]
async fn a_reply_is_sent_and_announced() {
    let (it, thread) = with_thread().await;

    let message = it.queue(&thread, "您的订单已发货").await;

    let delivery = it.delivered(&message, ENDED).await;
    assert_eq!((delivery.state(), delivery.attempts), (State::Sent, 1));
    assert_eq!((delivery.message, delivery.thread), (message, thread));
    let sent = it.provider.sent();
    assert_eq!(
        (sent[0].openid.as_str(), sent[0].app_id.as_str()),
        (OPENID, it.signer.app_id.as_str())
    );
    assert_eq!(texts(&it), ["您的订单已发货"]);
    it.announces(&delivery.name, &["DeliverySent"]).await;
}

#[tokio::test]
async fn replies_of_a_thread_leave_in_order_even_when_the_first_has_to_wait() {
    let (it, thread) = with_thread().await;
    it.provider.misbehave(Fault::RATE_LIMITED, 2);

    let mut messages = Vec::new();
    for number in 0..5 {
        messages.push(it.queue(&thread, &format!("reply {number}")).await);
    }

    for message in &messages {
        assert_eq!(ended(&it, message).await.state(), State::Sent);
    }
    assert_eq!(texts(&it), (0..5).map(|it| format!("reply {it}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_redelivered_event_sends_nothing_again_and_another_attempt_does() {
    let (it, thread) = with_thread().await;
    let message = it.queue(&thread, "hello").await;
    it.delivered(&message, ENDED).await;
    let conversation = format!("conversations/{}", Uuid::now_v7());

    it.publish(&conversation, 1, &queued(&message, &thread, 1)).await;
    it.publish(&conversation, 2, &queued(&message, &thread, 2)).await;

    eventually("the second attempt", || async {
        let found = it.deliveries_of(&message).await;
        found.len() == 2 && found.iter().all(|it| it.state() == State::Sent)
    })
    .await;
    assert_eq!(texts(&it), ["hello", "hello"]);
}

#[tokio::test]
async fn a_refusal_fails_with_its_reason_and_is_not_tried_again() {
    let (it, thread) = with_thread().await;

    for (fault, code, reason) in [
        (Fault::WINDOW_CLOSED, 45015, "WINDOW_CLOSED"),
        (Fault::QUOTA_EXCEEDED, 45047, "QUOTA_EXCEEDED"),
    ] {
        it.provider.misbehave(fault, 1);
        let message = it.queue(&thread, "hello").await;

        let delivery = it.delivered(&message, ENDED).await;

        assert_eq!((delivery.state(), delivery.attempts), (State::Failed, 1));
        assert_eq!((delivery.failure_reason.as_str(), delivery.provider_code), (reason, code));
        it.announces(&delivery.name, &["DeliveryFailed"]).await;
    }
    assert_eq!(texts(&it), [""; 0]);
}

#[tokio::test]
async fn an_expired_access_token_is_renewed_without_a_second_send() {
    let (it, thread) = with_thread().await;
    let first = it.queue(&thread, "one").await;
    it.delivered(&first, ENDED).await;

    it.provider.expire_tokens();
    let second = it.queue(&thread, "two").await;

    assert_eq!(it.delivered(&second, ENDED).await.state(), State::Sent);
    assert_eq!(texts(&it), ["one", "two"]);
}

#[tokio::test]
async fn what_surely_did_not_leave_is_tried_again() {
    let (it, thread) = with_thread().await;
    it.provider.misbehave_at(Endpoint::Token, Fault::BUSY, 1);

    let message = it.queue(&thread, "hello").await;

    let delivery = ended(&it, &message).await;
    assert_eq!((delivery.state(), delivery.attempts), (State::Sent, 2));
    assert_eq!(texts(&it), ["hello"]);
}

#[tokio::test]
async fn what_never_leaves_fails_in_the_end() {
    let (it, thread) = with_thread_and(|it| {
        it.delivery.delivery_give_up_after = Duration::from_secs(1);
    })
    .await;
    it.provider.misbehave(Fault::RATE_LIMITED, 1_000);

    let message = it.queue(&thread, "hello").await;

    let delivery = ended(&it, &message).await;
    assert_eq!((delivery.state(), delivery.failure_reason.as_str()), (State::Failed, "THROTTLED"));
    it.announces(&delivery.name, &["DeliveryFailed"]).await;
}

#[tokio::test]
async fn a_reply_waits_while_messaging_is_away() {
    let (it, thread) = with_thread().await;
    let message = format!("conversations/{}/messages/{}", Uuid::now_v7(), Uuid::now_v7());
    it.texts.put(&message, Err(Failure::retry("away")));
    it.publish(&message, 1, &queued(&message, &thread, 1)).await;
    let waiting = eventually("an attempt to be counted", || async {
        let found = it.deliveries_of(&message).await.into_iter().next();
        found.filter(|it| 0 < it.attempts)
    })
    .await;

    it.texts.put(&message, Ok("hello"));

    assert_eq!(waiting.state(), State::Pending);
    assert_eq!(waiting.failure_reason, "MESSAGING_UNAVAILABLE");
    assert!(waiting.next_attempt_time.is_some());
    assert_eq!(ended(&it, &message).await.state(), State::Sent);
}

#[tokio::test]
async fn a_reply_without_words_fails() {
    let (it, thread) = with_thread().await;

    let empty = it.queue(&thread, " \n ").await;
    let gone = format!("conversations/{}/messages/{}", Uuid::now_v7(), Uuid::now_v7());
    it.publish(&gone, 1, &queued(&gone, &thread, 1)).await;

    assert_eq!(ended(&it, &empty).await.failure_reason, "TEXT_EMPTY");
    assert_eq!(ended(&it, &gone).await.failure_reason, "TEXT_UNAVAILABLE");
    assert_eq!(texts(&it), [""; 0]);
}

#[tokio::test]
async fn a_long_reply_leaves_in_pieces_and_none_of_them_twice() {
    let (it, thread) = with_thread().await;
    let text = "您的订单已经发货，请耐心等待。".repeat(150);
    it.provider.limit_per_second(2);

    let message = it.queue(&thread, &text).await;

    let delivery = eventually("the delivery to end", || async {
        it.clock.advance(Duration::from_secs(1));
        it.provider.advance(Duration::from_secs(1));
        let found = it.deliveries_of(&message).await.into_iter().next();
        found.filter(|it| ENDED.contains(&it.state()))
    })
    .await;
    assert_eq!(delivery.state(), State::Sent);
    assert_eq!(texts(&it).concat(), text);
    assert!(2 < texts(&it).len());
    assert!(texts(&it).iter().all(|it| it.len() <= 2048));
}

#[tokio::test]
async fn a_message_to_no_thread_of_ours_is_passed_over() {
    let (it, thread) = with_thread().await;
    let elsewhere = format!("conversations/{}/messages/{}", Uuid::now_v7(), Uuid::now_v7());
    it.publish(&elsewhere, 1, &queued(&elsewhere, "", 1)).await;

    let message = it.queue(&thread, "hello").await;

    it.delivered(&message, ENDED).await;
    assert_eq!(it.deliveries_of(&elsewhere).await, []);
}
