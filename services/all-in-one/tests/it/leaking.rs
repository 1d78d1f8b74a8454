//! No personal data in a log line, span, metric, event or refusal: canaries go through everything and are looked for.

mod story;

use tonic::Status;

use crate::{
    collector::Collector,
    process::{Places, Up},
    wire::{Filling, Forge, Wire},
};
use story::Story;

/// Stands in every personal or secret value of this test. Everything is searched for it in small letters.
const CANARY: &str = "canarybird";
/// The same in Chinese, in every Chinese text.
const CANARY_ZH: &str = "金丝雀";
const PHONE: &str = "+8613900139000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canaries_sent_through_everything_are_found_nowhere() {
    let collector = Collector::start().await;
    let places = Places::new().await;
    let flags = ["--log-filter", "debug", "--metrics-interval", "1s"];
    let up = places.up_saying(&[&flags[..], &["--otlp-endpoint", &collector.url]].concat());
    let token = up.token().to_owned();

    let story = Story::begin(&up).await;
    story.customers_write().await;
    story.a_shop_works().await;
    story.strangers_knock().await;
    let refusals = refusals(&up).await;
    story.all_is_quiet().await;
    assert!(up.interrupt());

    for (what, refusal) in &refusals {
        let told = format!("{} {refusal:?}", String::from_utf8_lossy(refusal.details()));
        search(what, &told, &[]);
    }
    assert!(100 < refusals.len(), "only {} requests were refused", refusals.len());
    let exported = collector.taken();
    for expected in ["POST /webhooks/wechat/{source}", "kith.outbox", "rpc.server.duration"] {
        assert!(exported.contains(expected), "`{expected}` was never exported");
    }
    search("spans and metrics", &exported, &[&token]);
    let said = places.said();
    assert!(said.contains("\"level\":\"DEBUG\""), "{said:.2000}");
    search("the log lines", &said, &[&token, "access_token="]);
    for trouble in ["panicked", "dead letter from", "parked a key"] {
        assert!(!said.contains(trouble), "`{trouble}` is in the log");
    }
    let records = records(&places).await;
    let is_told_of = |it: &&String| it.contains(&story.source.name);
    assert!(3 < records.iter().filter(is_told_of).count(), "few of {} events", records.len());
    for record in &records {
        search("an event", record, &[&token]);
    }
    for file in ["events.db", "events.db-wal"] {
        let bytes = std::fs::read(places.data_dir().join(file)).unwrap_or_default();
        search(file, &String::from_utf8_lossy(&bytes), &[]);
    }
}

/// Fails when a canary stands in `text`: as it is, as Rust prints bytes, or in hexadecimal.
fn search(what: &str, text: &str, secrets: &[&str]) {
    let small = text.to_ascii_lowercase();
    let as_numbers = CANARY.bytes().map(|it| it.to_string()).collect::<Vec<_>>().join(", ");
    let as_digits: String = CANARY.bytes().map(|it| format!("{it:02x}")).collect();
    let canaries = [CANARY, CANARY_ZH, PHONE, &as_numbers, &as_digits];
    for wanted in canaries.iter().chain(secrets) {
        let found = small.find(*wanted).or_else(|| text.find(*wanted));
        let around = found.map(|at| {
            let start = small.floor_char_boundary(at.saturating_sub(300));
            &text[start..small.floor_char_boundary(at + 200)]
        });
        assert!(found.is_none(), "`{wanted}` is in {what}: {}", around.unwrap_or_default());
    }
}

/// Sends canaries in the fields of every method's request, and returns what was refused.
async fn refusals(up: &Up) -> Vec<(String, Status)> {
    let wire = Wire::new(&up.addresses(), up.token());
    let forge = Forge::new();
    let texts = [CANARY.to_owned(), format!("{CANARY_ZH}{CANARY} ").repeat(200)];
    let mut refused = Vec::new();
    for method in proto::METHODS {
        for text in &texts {
            for filling in [Filling::Everything, Filling::Private] {
                let message = forge.message(method.input, filling, text);
                let answers = wire.call(method.path, &message).await;
                let statuses = answers.into_iter().filter_map(Result::err);
                refused.extend(statuses.map(|it| (format!("{} of {filling:?}", method.path), it)));
            }
        }
    }
    let stranger = Wire::new(&up.addresses(), CANARY);
    for answer in stranger.call(proto::METHODS[0].path, CANARY.as_bytes()).await {
        refused.push(("a bad token".to_owned(), answer.unwrap_err()));
    }
    refused
}

/// Every record of the topics of the contract: its headers, key and payload as text.
async fn records(places: &Places) -> Vec<String> {
    let log = places.log().await;
    let mut records = Vec::new();
    for context in ["customer", "messaging", "social", "sales", "analytics"] {
        let topic = format!("kith.{context}.v1");
        for position in log.positions("leaking", &[topic.as_str()]).await.unwrap() {
            let found = log.read(&position.partition, position.first, 10_000).await.unwrap();
            records.extend(found.into_iter().map(|it| text(&it.record)));
        }
    }
    log.close().await;
    records
}

fn text(record: &bus::log::Record) -> String {
    let headers = record.headers.iter().flat_map(|(name, value)| [name.as_bytes(), value]);
    let parts = headers.chain(record.key.as_deref()).chain(record.payload.as_deref());
    parts.map(|part| format!("{}\n", String::from_utf8_lossy(part))).collect()
}
