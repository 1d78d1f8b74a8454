//! Bytes that nobody meant, thousands of them, at every door: each is answered, and the platform goes on.

use std::ops::Range;

use chassis::clock::Clock;
use emulators::{
    WeChatEmulator,
    wechat::{Content, Mode, Payload, Webhook, WebhookSigner},
};
use futures::{StreamExt, stream};
use proto::{
    ops::v1::ListConsumerGroupsRequest,
    social::v1::{
        ConnectSourceRequest, GetSourceHealthRequest, Source, SourceHealth, WeChatCredentials,
        connect_source_request::Credentials,
    },
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use testkit::eventually;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::{
    process::{Places, Up},
    wire::{Filling, Forge, Wire},
};

/// The same choices in every run.
const SEED: u64 = 0x6b69_7468;
/// Bodies for an account that encrypts: turned away.
const FORGED: usize = 1_500;
/// Bodies for an account in plain mode, whose signature does not cover the body: stored, and then read.
const STORED: usize = 500;
/// Requests of each kind at each method.
const CALLS: usize = 6;
/// Requests at once.
const AT_ONCE: usize = 16;

/// What parsers and databases stumble over.
const THORNS: [&[u8]; 14] = [
    b"\0",
    b"]]>",
    b"<![CDATA[",
    b"&#x0;",
    b"&lol;",
    b"<!DOCTYPE xml [<!ENTITY lol \"lol\">]>",
    b"\xff\xfe",
    b"\xf0\x9f\xa5",
    "🥀\u{202e}\u{feff}".as_bytes(),
    b"99999999999999999999",
    b"-9223372036854775808",
    b"<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>",
    b"</xml>",
    b"<MsgType>event</MsgType>",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mangled_bodies_and_random_bytes_are_answered_and_stop_nothing() {
    let mut random = StdRng::seed_from_u64(SEED);
    let places = Places::new().await;
    let up = places.up_saying(&["--log-filter", "info"]);
    let emulator = WeChatEmulator::start().await;

    let safe = connect(&up, &emulator, Mode::Safe).await;
    let forged =
        (0..FORGED).map(|id| mangled(&mut random, &safe.1.deliver(Mode::Safe, &xml(id), now())));
    let outcomes = post(&up, &safe.0, forged.collect()).await;
    assert!(outcomes.iter().all(|it| [200, 403, 413].contains(it)), "{outcomes:?}");
    let plain = connect(&up, &emulator, Mode::Plain).await;
    let stored =
        (0..STORED).map(|id| mangled(&mut random, &plain.1.deliver(Mode::Plain, &xml(id), now())));
    let outcomes = post(&up, &plain.0, stored.collect()).await;
    assert!(outcomes.iter().all(|it| [200, 413].contains(it)), "{outcomes:?}");
    call(&up, &mut random).await;

    let whole = plain.1.deliver(Mode::Plain, &xml(STORED), now());
    assert_eq!(post(&up, &plain.0, vec![(whole.query, whole.body.into_bytes())]).await, [200]);
    let health = eventually("all that was stored is read", async || {
        let health = health(&up, &plain.0).await;
        (health.pending + health.gap == 0).then_some(health)
    })
    .await;
    let sent = i64::try_from(STORED + 1).unwrap();
    assert_eq!(health.received + health.refused, sent, "{health:?}");
    assert_eq!(health.stored, health.decoded + health.unsupported + health.undecodable);
    assert!(0 < health.undecodable && 0 < health.decoded, "{health:?}");
    for groups in &up.consumer_groups() {
        eventually("every event is handled", async || {
            let found = groups.clone().list_consumer_groups(ListConsumerGroupsRequest {}).await;
            let found = found.unwrap().into_inner().consumer_groups;
            let parked = found.iter().find(|it| it.parked_keys != 0);
            assert!(parked.is_none(), "{parked:?}\n{}", places.said());
            found.iter().all(|it| it.lag_events == 0)
        })
        .await;
    }
    assert!(up.interrupt());
    let said = places.said();
    assert!(!said.contains("panicked") && !said.contains("dead letter"), "{said}");
}

/// Random bytes, and well-formed messages of nonsense, at every method.
async fn call(up: &Up, random: &mut StdRng) {
    let wire = Wire::new(&up.addresses(), up.token());
    let forge = Forge::new();
    for method in proto::METHODS {
        let mut messages: Vec<Vec<u8>> = (0..CALLS).map(|_| noise(random, 0..200)).collect();
        for _ in 0..CALLS {
            let text = String::from_utf8_lossy(&noise(random, 0..60)).into_owned();
            let mut message = forge.message(method.input, Filling::Everything, &text);
            messages.push(message.clone());
            mangle(random, &mut message);
            messages.push(message);
        }
        for message in messages {
            for answer in wire.call(method.path, &message).await {
                let Err(refused) = answer else { continue };
                assert!(is_clear(&refused), "{refused:?} of {} for {message:?}", method.path);
            }
        }
    }
}

/// Whether a refusal says that the request is wrong, and not the platform.
fn is_clear(refused: &Status) -> bool {
    match refused.code() {
        Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::FailedPrecondition
        | Code::Aborted => true,
        Code::Internal => refused.message().starts_with("failed to decode Protobuf message"),
        _ => false,
    }
}

fn mangled(random: &mut StdRng, webhook: &Webhook) -> (String, Vec<u8>) {
    let mut body = webhook.body.clone().into_bytes();
    match random.random_range(0..10) {
        0 => body = noise(random, 0..4_000),
        _ => mangle(random, &mut body),
    }
    (webhook.query.clone(), body)
}

/// Changes a few places: flips a bit, cuts, repeats, or puts a thorn in.
fn mangle(random: &mut StdRng, bytes: &mut Vec<u8>) {
    for _ in 0..random.random_range(1..4) {
        let at = random.random_range(0..=bytes.len());
        let until = random.random_range(at..=bytes.len());
        match random.random_range(0..6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..until)),
            2 => bytes.extend_from_within(at..until),
            3 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            _ => {
                let thorn = THORNS[random.random_range(0..THORNS.len())];
                bytes.splice(at..at, thorn.iter().copied()).for_each(drop);
            }
        }
    }
}

fn noise(random: &mut StdRng, lengths: Range<usize>) -> Vec<u8> {
    let length = random.random_range(lengths);
    (0..length).map(|_| random.random()).collect()
}

async fn post(up: &Up, source: &Source, webhooks: Vec<(String, Vec<u8>)>) -> Vec<u16> {
    let http = all_in_one::http::client().unwrap();
    let address = format!("{}{}", up.webhooks(), source.webhook_path);
    stream::iter(webhooks)
        .map(|(query, body)| {
            let request = http.post(format!("{address}?{query}")).body(body);
            async { request.send().await.unwrap().status().as_u16() }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await
}

async fn connect(up: &Up, emulator: &WeChatEmulator, mode: Mode) -> (Source, WebhookSigner) {
    let signer = WebhookSigner::generate(&format!("wx-{mode:?}"));
    let encoding_aes_key = match mode {
        Mode::Plain => String::new(),
        Mode::Mixed | Mode::Safe => signer.encoding_aes_key.clone(),
    };
    let source = Source {
        display_name: "Tea house".to_owned(),
        api_base_url: emulator.base_url(),
        ..Source::default()
    };
    let credentials = Credentials::Wechat(WeChatCredentials {
        app_id: signer.app_id.clone(),
        app_secret: "a-secret-of-the-emulated-account".to_owned(),
        token: signer.token.clone(),
        encoding_aes_key,
    });
    let request = ConnectSourceRequest {
        source: Some(source),
        credentials: Some(credentials),
        request_id: Uuid::new_v4().to_string(),
    };
    let source = up.clients().sources.connect_source(request).await.unwrap().into_inner();
    (source, signer)
}

async fn health(up: &Up, source: &Source) -> SourceHealth {
    let request = GetSourceHealthRequest { name: source.name.clone() };
    up.clients().sources.get_source_health(request).await.unwrap().into_inner()
}

fn xml(id: usize) -> String {
    let id = u64::try_from(id).unwrap();
    let content =
        Content::Text { id, content: "我的订单没有到达，请帮我查询订单状态。" };
    Payload { account: "gh_000000000000", openid: "oMangled", at: now(), content }.xml()
}

fn now() -> i64 {
    Clock::system().now().timestamp()
}
