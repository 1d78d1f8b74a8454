//! Webhooks that are turned away: a short stable reason, nothing stored, counted where the source exists.

use std::time::Duration;

use emulators::wechat::{Content, Mode, Webhook, WebhookSigner};
use proto::social::v1 as pb;
use testkit::eventually;

use crate::harness::Harness;

async fn refused(it: &Harness, source: &pb::Source, webhook: &Webhook, expected: &str) {
    let before = it.health(source).await;

    let answer = it.post(source, webhook).await;

    assert_eq!(answer, (403, expected.to_owned()));
    let after = it.health(source).await;
    assert_eq!(after, pb::SourceHealth { refused: before.refused + 1, ..before });
}

fn hello(it: &Harness) -> String {
    it.xml(Content::Text { id: 1, content: "canary-words" })
}

#[tokio::test]
async fn a_wrong_signature_is_refused() {
    let it = Harness::start().await;
    let stranger = WebhookSigner::generate(&it.signer.app_id);
    for mode in [Mode::Plain, Mode::Safe] {
        let source = it.connect(mode).await;

        let webhook = stranger.deliver(mode, &hello(&it), it.now());

        refused(&it, &source, &webhook, "SIGNATURE_INVALID").await;
        let request = pb::DisconnectSourceRequest { name: source.name, ..Default::default() };
        it.sources().disconnect_source(request).await.unwrap();
    }
}

#[tokio::test]
async fn a_body_that_was_changed_on_the_way_is_refused() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;

    let mut webhook = it.signer.deliver(Mode::Safe, &hello(&it), it.now());
    let other = it.signer.deliver(Mode::Safe, &hello(&it), it.now());
    webhook.body = other.body;

    refused(&it, &source, &webhook, "SIGNATURE_INVALID").await;
}

#[tokio::test]
async fn a_time_outside_the_window_is_refused() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;

    for seconds in [-301, 301] {
        let webhook = it.signer.deliver(Mode::Safe, &hello(&it), it.now() + seconds);
        refused(&it, &source, &webhook, "TIMESTAMP_STALE").await;
    }
}

#[tokio::test]
async fn a_captured_request_changes_nothing_and_is_refused_once_it_is_old() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let captured = it.signer.deliver(Mode::Safe, &hello(&it), it.now());
    assert_eq!(it.post(&source, &captured).await.0, 200);

    let soon = it.post(&source, &captured).await;
    // What was stored is decoded meanwhile, and shows in the health that is compared below.
    eventually("the message", || async { it.written(&source).await.len() == 1 }).await;
    it.clock.advance(Duration::from_secs(301));

    assert_eq!(soon, (200, "success".to_owned()));
    assert_eq!(it.health(&source).await.stored, 1);
    refused(&it, &source, &captured, "TIMESTAMP_STALE").await;
}

#[tokio::test]
async fn what_is_wrong_inside_an_encrypted_body_has_one_name() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let frame = |receiver: &str| WebhookSigner::frame([7; 16], hello(&it).as_bytes(), receiver);
    let encrypted =
        |blocks: &[u8]| it.signer.deliver_ciphertext(&it.signer.encrypt_blocks(blocks), it.now());

    let wrong_receiver = encrypted(&WebhookSigner::pad(frame("wx-another")));
    let mut spoiled = WebhookSigner::pad(frame(&it.signer.app_id));
    *spoiled.last_mut().unwrap() = 0;
    let bad_padding = encrypted(&spoiled);
    let not_base64 = it.signer.deliver_ciphertext("§", it.now());
    let in_the_clear = it.signer.deliver(Mode::Plain, &hello(&it), it.now());

    for webhook in [wrong_receiver, bad_padding, not_base64, in_the_clear] {
        refused(&it, &source, &webhook, "PAYLOAD_REFUSED").await;
    }
}

#[tokio::test]
async fn an_encrypted_body_is_refused_where_there_is_no_key() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;

    let webhook = it.signer.deliver(Mode::Safe, &hello(&it), it.now());

    refused(&it, &source, &webhook, "PAYLOAD_REFUSED").await;
}

#[tokio::test]
async fn a_query_without_its_parameters_is_refused() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let good = it.signer.deliver(Mode::Safe, &hello(&it), it.now());

    let twice = format!("{}&{}", good.query, good.query);
    for query in [String::new(), "timestamp=1".to_owned(), twice, "x".repeat(5_000)] {
        refused(&it, &source, &Webhook { query, ..good.clone() }, "REQUEST_MALFORMED").await;
    }
}

#[tokio::test]
async fn a_source_that_does_not_exist_is_not_found() {
    let it = Harness::start().await;
    let webhook = it.signer.deliver(Mode::Safe, &hello(&it), it.now());

    for source in ["0199f3a0-0000-7000-8000-00000000000a", "1", "%00", "..%2f..%2fetc"] {
        let answer = it.post_to(&format!("/webhooks/wechat/{source}"), &webhook).await;
        assert_eq!(answer, (404, "SOURCE_NOT_FOUND".to_owned()));
    }
    assert_eq!(it.post_to("/webhooks/other/1", &webhook).await.0, 404);
}

#[tokio::test]
async fn a_handshake_without_the_secret_is_refused() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let stranger = WebhookSigner::generate(&it.signer.app_id);
    let query = stranger.handshake(it.now(), "<script>");

    let url = format!("http://{}{}?{query}", it.webhooks, source.webhook_path);
    let answer = it.http.get(url).send().await.unwrap();

    assert_eq!(answer.status(), 403);
    assert_eq!(answer.text().await.unwrap(), "SIGNATURE_INVALID");
}
