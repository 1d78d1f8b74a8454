//! The handler `social-ingest.decode-envelope`.

use emulators::wechat::{Content, Mode};
use proto::social::v1::{self as pb, envelope::State, inbound_message::Kind};
use testkit::eventually;

use crate::harness::{Harness, OPENID};

/// Delivers a document in plain mode and waits until it is no longer pending.
async fn decoded(it: &Harness, source: &pb::Source, xml: &str) -> pb::Envelope {
    it.clock.advance(std::time::Duration::from_millis(5));
    let known = it.envelopes_of(source).await.len();
    assert_eq!(it.deliver(source, Mode::Plain, xml).await, (200, "success".to_owned()));
    eventually("the envelope to be decoded", || async {
        let envelopes = it.envelopes_of(source).await;
        let is_new = known < envelopes.len();
        envelopes.into_iter().next().filter(|it| is_new && it.state() != State::Stored)
    })
    .await
}

#[tokio::test]
async fn a_question_in_chinese_is_understood() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;

    let message = it.write(&source, 1, "我的订单没有到达，请帮我查询订单状态。").await;

    let analysis = message.analysis.unwrap();
    assert_eq!(analysis.language_code, "zh");
    assert_eq!(analysis.intent, "order_status");
    assert_ne!(analysis.model, "");
    let sender = message.sender.unwrap();
    assert_eq!(sender.channel(), proto::customer::v1::Channel::Wechat);
    assert_eq!((sender.realm, sender.external_id.as_str()), (source.realm, OPENID));
    assert_eq!(message.kind, i32::from(Kind::Text));
    assert_eq!(message.provider_time.unwrap().seconds, it.now());
}

#[tokio::test]
async fn what_is_not_text_becomes_a_message_that_says_what_it_is() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let voice = Content::Voice {
        id: 2,
        media_id: "m",
        format: "amr",
        recognition: Some("where is my order"),
    };
    let image = Content::Image { id: 1, url: "http://example.com/a.jpg", media_id: "m" };

    decoded(&it, &source, &it.xml(image)).await;
    let envelope = decoded(&it, &source, &it.xml(voice)).await;

    assert_eq!((envelope.state(), envelope.message_type.as_str()), (State::Decoded, "voice"));
    let written = it.written(&source).await;
    let texts: Vec<_> = written.iter().map(|it| (it.kind(), it.text.as_str())).collect();
    assert!(texts.contains(&(Kind::Image, "[image]")));
    assert!(texts.contains(&(Kind::Voice, "where is my order")));
    assert!(written.iter().all(|it| it.analysis.is_some() == (it.kind() == Kind::Voice)));
}

#[tokio::test]
async fn events_and_unknown_types_are_shown_as_unsupported() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;

    let event = Content::Event { event: "subscribe", key: None };
    let event = decoded(&it, &source, &it.xml(event)).await;
    let unknown = Content::Other { id: 5, kind: "hologram" };
    let unknown = decoded(&it, &source, &it.xml(unknown)).await;

    assert_eq!(
        (event.state(), event.message_type.as_str()),
        (State::Unsupported, "event:subscribe")
    );
    assert_eq!((unknown.state(), unknown.message_type.as_str()), (State::Unsupported, "hologram"));
    assert_eq!(it.written(&source).await, []);
    let health = it.health(&source).await;
    assert_eq!((health.stored, health.unsupported, health.pending), (2, 2, 0));
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_and_says_why() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let bombs = [
        "<xml><FromUserName>",
        "not xml at all",
        r#"<!DOCTYPE x [<!ENTITY a "canary-entity">]><xml><FromUserName>&a;</FromUserName></xml>"#,
        r#"<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml><MsgType>text</MsgType></xml>"#,
        "<xml><FromUserName>o-1</FromUserName><ToUserName>gh</ToUserName><MsgType>text</MsgType></xml>",
        "",
    ];

    for (count, xml) in bombs.iter().zip(1i64..).map(|(xml, count)| (count, xml)) {
        let envelope = decoded(&it, &source, xml).await;
        assert_eq!(envelope.state(), State::Undecodable, "{xml}");
        assert_ne!(envelope.failure, "");
        assert!(!envelope.failure.contains("canary"));
        assert_eq!(it.health(&source).await.undecodable, count);
    }
    assert_eq!(it.written(&source).await, []);
}

#[tokio::test]
async fn an_envelope_announced_twice_becomes_one_message() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let message = it.write(&source, 1, "hello").await;
    let envelope = it.envelopes_of(&source).await.remove(0).name;

    let again = pb::EnvelopeReceived { envelope, ..Default::default() };
    it.publish(&message.thread, 99, &again).await;
    it.write(&source, 2, "world").await;

    let health = it.health(&source).await;
    assert_eq!((health.stored, health.decoded), (2, 2));
    assert_eq!(it.written(&source).await.len(), 2);
}
