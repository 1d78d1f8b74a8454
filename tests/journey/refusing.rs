//! Bad input at every door of a running platform: a clear answer, and nothing lost before or after it.

use emulators::wechat::{Content, Mode, Webhook, WebhookSigner};
use proto::social::v1::{
    Envelope, GetEnvelopeRequest, ListEnvelopesRequest, SourceHealth, envelope::State,
};
use testkit::eventually;

use crate::world::{APP_ID, World, new_msg_id, now, request_id};

const QUESTION: &str = "请帮我查询订单状态";

/// A webhook that is turned away: how it is answered, and what the source counts.
async fn refused(world: &World, what: &str, webhook: Webhook, expected: (u16, &str)) {
    let before = world.health().await;

    let answer = world.post(webhook, None).await;

    assert_eq!(answer, (expected.0, expected.1.to_owned()), "{what}");
    let after = world.health().await;
    assert_eq!(after, SourceHealth { refused: before.refused + 1, ..before }, "{what}");
}

#[tokio::test]
async fn a_webhook_that_is_not_the_providers_is_refused_and_the_next_one_is_answered() {
    let world = World::start().await;
    world.order("oGood").await;
    let signer = &world.signer;
    let xml = world.xml("oBad", Content::Text { id: new_msg_id(), content: QUESTION });
    let good = signer.deliver(Mode::Safe, &xml, now());
    let with_body = |body: String| Webhook { body, ..good.clone() };
    let blocks = |blocks: &[u8]| signer.deliver_ciphertext(&signer.encrypt_blocks(blocks), now());
    let frame = |receiver: &str| WebhookSigner::frame([7; 16], xml.as_bytes(), receiver);
    let spoilt = {
        let mut padded = WebhookSigner::pad(frame(APP_ID));
        *padded.last_mut().unwrap() = 33;
        blocks(&padded)
    };

    let stranger = WebhookSigner::generate(APP_ID).deliver(Mode::Safe, &xml, now());
    let entity = with_body(good.body.replace("<Encrypt>", "<Encrypt>&lol;"));
    let dtd = format!("<!DOCTYPE xml [<!ENTITY lol SYSTEM \"file:///etc/passwd\">]>{}", good.body);
    let no_base64 = signer.deliver_ciphertext("§", now());
    let elsewhere = blocks(&WebhookSigner::pad(frame("wx-another")));
    for (what, webhook, expected) in [
        ("a wrong signature", stranger, (403, "SIGNATURE_INVALID")),
        (
            "an old timestamp",
            signer.deliver(Mode::Safe, &xml, now() - 310),
            (403, "TIMESTAMP_STALE"),
        ),
        (
            "a later timestamp",
            signer.deliver(Mode::Safe, &xml, now() + 310),
            (403, "TIMESTAMP_STALE"),
        ),
        ("an oversized body", with_body("x".repeat(65 * 1024)), (413, "BODY_TOO_LARGE")),
        ("half a document", with_body(good.body.replace("</xml>", "")), (403, "REQUEST_MALFORMED")),
        ("an entity", entity, (403, "REQUEST_MALFORMED")),
        ("a DTD", with_body(dtd), (403, "REQUEST_MALFORMED")),
        ("bad padding", spoilt, (403, "PAYLOAD_REFUSED")),
        ("no base64", no_base64, (403, "PAYLOAD_REFUSED")),
        ("another receiver", elsewhere, (403, "PAYLOAD_REFUSED")),
        ("nothing encrypted", signer.deliver(Mode::Plain, &xml, now()), (403, "PAYLOAD_REFUSED")),
    ] {
        refused(&world, what, webhook, expected).await;
    }

    world.write("oGood", QUESTION).await;
    world.replies("oGood", 1).await;
    assert_eq!(world.quiet(1).await.received, 1);
}

#[tokio::test]
async fn a_replayed_envelope_is_acknowledged_and_changes_nothing() {
    let world = World::start().await;
    world.order("oReplayed").await;
    let xml = world.xml("oReplayed", Content::Text { id: new_msg_id(), content: QUESTION });
    let captured = world.signer.deliver(Mode::Safe, &xml, now());

    for _ in 0..3 {
        let answer = world.post(captured.clone(), None).await;
        assert_eq!(answer, (200, "success".to_owned()));
    }

    assert_eq!(world.messages("oReplayed", 2).await.len(), 2);
    let health = world.quiet(1).await;
    assert_eq!((health.received, health.duplicates, health.projected), (3, 2, 1));
    assert_eq!(world.replies("oReplayed", 1).await.len(), 1);
}

#[tokio::test]
async fn an_authentic_document_that_makes_no_message_is_stored_and_shown_as_what_it_is() {
    let world = World::start().await;
    let text = world.xml("oOdd", Content::Text { id: new_msg_id(), content: "你好" });
    let unknown = world.xml("oOdd", Content::Other { id: new_msg_id(), kind: "hologram" });
    let long_ago = text.replace("<CreateTime>", "<CreateTime>-9999999");
    for (document, state, shown) in [
        (unknown, State::Unsupported, "hologram"),
        (text.replace("</xml>", ""), State::Undecodable, "not well-formed"),
        (text.replace("<Content>", "<Content>&lol;"), State::Undecodable, "entity is not allowed"),
        (
            format!("<!DOCTYPE xml [<!ENTITY lol \"lol\">]>{text}"),
            State::Undecodable,
            "document type definition is not allowed",
        ),
        ("not XML at all".to_owned(), State::Undecodable, "text outside the document"),
        (long_ago, State::Undecodable, "no time"),
    ] {
        let webhook = world.signer.deliver(Mode::Safe, &document, now());
        let body = webhook.body.clone();

        assert_eq!(world.post(webhook, None).await, (200, "success".to_owned()), "{shown}");

        let envelope = newest_envelope(&world).await;
        let kept = (envelope.state(), envelope.message_type + &envelope.failure);
        assert_eq!(kept, (state, shown.to_owned()));
        let get = GetEnvelopeRequest { name: envelope.name };
        let stored = world.clients.envelopes.clone().get_envelope(get).await.unwrap().into_inner();
        assert_eq!(stored.body, body.as_bytes());
    }

    world.write("oOdd", "你好").await;
    let health = world.quiet(7).await;
    assert_eq!((health.unsupported, health.undecodable, health.projected), (1, 5, 1));
}

/// Waits until the newest envelope is read.
async fn newest_envelope(world: &World) -> Envelope {
    eventually("the envelope is read", async || {
        let source = world.source.name.clone();
        let request = ListEnvelopesRequest { source, page_size: 1, ..Default::default() };
        let page = world.clients.envelopes.clone().list_envelopes(request).await.unwrap();
        let envelope = page.into_inner().envelopes.remove(0);
        (envelope.state() != State::Stored).then_some(envelope)
    })
    .await
}

#[tokio::test]
async fn an_event_of_an_unknown_version_is_kept_aside_and_the_rest_of_its_key_goes_on() {
    let world = World::start().await;
    world.write("oVersions", "你好").await;
    world.quiet(1).await;
    let topic = "kith.social.v1";

    let mut appended = 0;
    let world = world
        .restarted_after(async |log| {
            let known = records(log, topic).await.into_iter();
            let wanted = "kith.social.v1.InboundMessageReceived";
            let known =
                known.map(|it| it.record).find(|it| it.header("ce_type").unwrap() == wanted);
            let known = known.unwrap();
            let with = |name: &str, value: &str| {
                let mut record = known.clone();
                for (header, old) in &mut record.headers {
                    match header.as_str() {
                        "ce_id" => *old = request_id().into(),
                        it if it == name => *old = value.to_owned().into(),
                        _ => (),
                    }
                }
                record
            };
            let later_type = with("ce_type", "kith.social.v2.InboundMessageReceived");
            let later_format = with("ce_specversion", "2.0");
            log.append(&[later_type, later_format]).await.unwrap();
            appended = 2;
        })
        .await;
    assert_eq!(appended, 2);

    world.write("oVersions", "在吗？").await;
    assert_eq!(world.messages("oVersions", 2).await.len(), 2);
    let mut dead = Vec::new();
    let group = "messaging.append-inbound";
    let world = world
        .restarted_after(async |log| dead = records(log, &bus::dead::topic(topic, group)).await)
        .await;
    assert_eq!(dead.len(), 1);
    let reason = dead[0].record.header("kith_dead_error").unwrap();
    assert_eq!(reason, "`ce_specversion` is not `1.0`");
    assert_eq!(world.quiet(2).await.projected, 2);
}

async fn records(log: &dyn bus::Log, topic: &str) -> Vec<bus::log::Delivered> {
    let mut records = Vec::new();
    for position in log.positions("refusing", &[topic]).await.unwrap() {
        records.extend(log.read(&position.partition, position.first, 1_000).await.unwrap());
    }
    records
}
