//! `GET` and `POST /webhooks/wechat/{source}`: the way in when all is well.

use emulators::wechat::{Content, Mode, Payload};
use proto::social::v1 as pb;
use testkit::eventually;

use crate::harness::{ACCOUNT, Harness};

#[tokio::test]
async fn a_webhook_is_stored_as_it_came_before_it_is_acknowledged() {
    let it = Harness::start().await;
    for (mode, app) in [(Mode::Plain, "wx-1"), (Mode::Mixed, "wx-2"), (Mode::Safe, "wx-3")] {
        let mut signer = it.signer.clone();
        signer.app_id = app.to_owned();
        let mut connecting = it.connecting(mode);
        let Some(pb::connect_source_request::Credentials::Wechat(wechat)) =
            &mut connecting.credentials
        else {
            unreachable!()
        };
        app.clone_into(&mut wechat.app_id);
        let source = it.sources().connect_source(connecting).await.unwrap().into_inner();
        let xml = it.xml(Content::Text { id: 1, content: "我的订单没有到达" });
        let webhook = signer.deliver(mode, &xml, it.now());

        let answer = it.post(&source, &webhook).await;

        assert_eq!(answer, (200, "success".to_owned()));
        let [envelope] = &it.envelopes_of(&source).await[..] else { panic!("not one envelope") };
        let request = pb::GetEnvelopeRequest { name: envelope.name.clone() };
        let stored = it.envelopes().get_envelope(request).await.unwrap().into_inner();
        assert_eq!(stored.body, webhook.body.as_bytes());
        eventually("the message", || async { it.written(&source).await.len() == 1 }).await;
    }
}

#[tokio::test]
async fn a_second_delivery_changes_nothing_but_a_count() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let xml = it.xml(Content::Text { id: 7, content: "hello" });

    for _ in 0..3 {
        assert_eq!(it.deliver(&source, Mode::Safe, &xml).await, (200, "success".to_owned()));
    }

    assert_eq!(it.envelopes_of(&source).await.len(), 1);
    let health = it.health(&source).await;
    assert_eq!((health.received, health.duplicates, health.stored), (3, 2, 1));
    let message = eventually("the message", || async { it.written(&source).await.pop() }).await;
    it.announces(&message.thread, &["EnvelopeReceived", "InboundMessageReceived"]).await;
}

#[tokio::test]
async fn deliveries_of_one_message_at_the_same_time_are_stored_once() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let xml = it.xml(Content::Text { id: 7, content: "hello" });
    let webhook = it.signer.deliver(Mode::Plain, &xml, it.now());

    let answers = futures::future::join_all((0..8).map(|_| it.post(&source, &webhook))).await;

    assert!(answers.iter().all(|answer| *answer == (200, "success".to_owned())));
    let health = it.health(&source).await;
    assert_eq!((health.received, health.duplicates, health.stored), (8, 7, 1));
}

#[tokio::test]
async fn one_person_at_one_source_is_one_thread() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;

    let first = it.write(&source, 1, "one").await;
    let second = it.write(&source, 2, "two").await;
    let content = Content::Text { id: 3, content: "three" };
    let xml = Payload { account: ACCOUNT, openid: "o-other", at: it.now(), content }.xml();
    it.deliver(&source, Mode::Plain, &xml).await;

    let other = eventually("the other's message", || async {
        it.written(&source).await.into_iter().find(|it| it.text == "three")
    })
    .await;
    assert_eq!(first.thread, second.thread);
    assert_ne!(first.thread, other.thread);
    let kinds = ["EnvelopeReceived", "InboundMessageReceived"];
    it.announces(&first.thread, &[kinds, kinds].concat()).await;
    it.announces(&other.thread, &kinds).await;
}

#[tokio::test]
async fn a_document_that_names_no_person_is_an_event_of_the_source() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;

    let xml = "<xml><InfoType>component_verify_ticket</InfoType></xml>";
    let answer = it.deliver(&source, Mode::Safe, xml).await;

    assert_eq!(answer, (200, "success".to_owned()));
    it.announces(&source.name, &["SourceConnected", "EnvelopeReceived"]).await;
}

#[tokio::test]
async fn a_new_webhook_proves_itself() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let query = it.signer.handshake(it.now(), "5838479218127813673");

    let url = format!("http://{}{}?{query}", it.webhooks, source.webhook_path);
    let answer = it.http.get(url).send().await.unwrap();

    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert_eq!(answer.text().await.unwrap(), "5838479218127813673");
}
