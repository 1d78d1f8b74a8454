//! `SourceService.GetSourceHealth`: the completeness ledger, fed by webhooks and by messaging's events.

use emulators::wechat::{Content, Fault, Mode, When};
use proto::{
    messaging::v1::{MessageReceived, MessageSent},
    social::v1::{self as pb, delivery::State},
};
use testkit::eventually;
use uuid::Uuid;

use crate::harness::Harness;

async fn healthy(
    it: &Harness,
    source: &pb::Source,
    what: &str,
    expected: impl Fn(&pb::SourceHealth) -> bool,
) -> pb::SourceHealth {
    eventually(what, || async { Some(it.health(source).await).filter(&expected) }).await
}

#[tokio::test]
async fn a_new_source_has_seen_nothing() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;

    let health = it.health(&source).await;

    assert_eq!(health, pb::SourceHealth { source: source.name, ..Default::default() });
}

#[tokio::test]
async fn every_message_is_followed_to_its_answer() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let first = it.write(&source, 1, "one").await;
    let second = it.write(&source, 2, "two").await;
    let event = Content::Event { event: "subscribe", key: None };
    it.deliver(&source, Mode::Plain, &it.xml(event)).await;
    it.deliver(&source, Mode::Plain, "nonsense").await;
    it.deliver(&source, Mode::Plain, "nonsense").await;
    let conversation = format!("conversations/{}", Uuid::now_v7());
    let received = |it: &pb::InboundMessage| MessageReceived {
        inbound_message: it.name.clone(),
        ..Default::default()
    };
    let sent = MessageSent {
        answered_inbound_message: first.name.clone(),
        send_time: Some(prost_types::Timestamp { seconds: it.now() + 2, nanos: 0 }),
        ..Default::default()
    };

    let before = healthy(&it, &source, "the gap to open", |it| it.pending == 0).await;
    it.publish(&conversation, 1, &received(&first)).await;
    it.publish(&conversation, 2, &sent).await;
    // The same facts once more, as other events: they change nothing.
    it.publish(&conversation, 3, &received(&first)).await;
    it.publish(&conversation, 4, &sent).await;
    let halfway = healthy(&it, &source, "the first to be answered", |it| it.answered == 1).await;
    it.publish(&conversation, 5, &received(&second)).await;
    let after = healthy(&it, &source, "the gap to close", |it| it.gap == 0).await;

    assert_eq!((before.received, before.duplicates, before.stored), (5, 1, 4));
    assert_eq!((before.decoded, before.unsupported, before.undecodable), (2, 1, 1));
    assert_eq!((before.gap, before.projected, before.oldest_gap_time), (2, 0, first.receive_time));
    assert_eq!(before.last_receive_time.unwrap().seconds, it.now());
    assert_eq!((halfway.gap, halfway.oldest_gap_time), (1, second.receive_time));
    assert_eq!((after.projected, after.answered, after.oldest_gap_time), (2, 1, None));
    let written = it.written(&source).await;
    let found = written.iter().find(|it| it.name == first.name).unwrap();
    assert_eq!(found.answer_time, sent.send_time);
    assert!(found.project_time.is_some());
}

#[tokio::test]
async fn replies_are_counted_by_how_they_ended() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let thread = it.write(&source, 1, "one").await.thread;
    let reply = async |fault: Option<Fault>, state| {
        fault.into_iter().for_each(|fault| it.provider.misbehave(fault, 1));
        let message = it.queue(&thread, "hello").await;
        it.delivered(&message, &[state]).await;
    };

    reply(None, State::Sent).await;
    reply(Some(Fault::WINDOW_CLOSED), State::Failed).await;
    reply(Some(Fault::Cut(When::BeforeRecording)), State::Unknown).await;
    reply(Some(Fault::RATE_LIMITED), State::Pending).await;

    let health = it.health(&source).await;
    assert_eq!((health.deliveries_sent, health.deliveries_failed), (1, 1));
    assert_eq!((health.deliveries_unknown, health.deliveries_pending), (1, 1));
}

#[tokio::test]
async fn events_about_messages_of_others_are_passed_over() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let conversation = format!("conversations/{}", Uuid::now_v7());
    let unknown = format!("inboundMessages/{}", Uuid::now_v7());

    for (version, name) in [(1, String::new()), (2, unknown)] {
        let received = MessageReceived { inbound_message: name, ..Default::default() };
        it.publish(&conversation, version, &received).await;
    }
    let ours = it.write(&source, 1, "one").await;
    let received = MessageReceived { inbound_message: ours.name, ..Default::default() };
    it.publish(&conversation, 3, &received).await;

    let health = healthy(&it, &source, "ours to be counted", |it| it.projected == 1).await;
    assert_eq!(health.gap, 0);
}
