//! What others may see: one trace from webhook to provider, and no personal data anywhere on the way.

use chassis::telemetry::{self, LogFormat, SpanStore, TelemetryArgs};
use emulators::wechat::{Content, Mode};
use proto::social::v1::delivery::State;
use testkit::eventually;

use crate::harness::{Harness, OPENID, SECRET};

const WORDS: &str = "canary words 我的订单没有到达";
const REPLY: &str = "canary reply 已经发货";

#[tokio::test]
async fn one_trace_leads_from_the_webhook_to_the_provider() {
    let store = SpanStore::default();
    let args = TelemetryArgs {
        log_format: LogFormat::Json,
        log_filter: "error".to_owned(),
        ..TelemetryArgs::default()
    };
    telemetry::init_with("social-ingest", &args, Some(store.clone())).unwrap();
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let webhook =
        it.signer.deliver(Mode::Plain, &it.xml(Content::Text { id: 1, content: WORDS }), it.now());

    let url = format!("http://{}{}?{}", it.webhooks, source.webhook_path, webhook.query);
    let request =
        it.http.post(url).header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"));
    assert_eq!(request.body(webhook.body).send().await.unwrap().status(), 200);
    let message = eventually("the message", || async { it.written(&source).await.pop() }).await;
    let reply = it.queue(&message.thread, REPLY).await;
    it.delivered(&reply, &[State::Sent]).await;

    let webhook = "POST /webhooks/wechat/{source}";
    let spans = eventually("the whole trace", || async {
        let spans = store.related(trace);
        let has = |name: &str| spans.iter().any(|span| span.name == name);
        (has(webhook) && has("analyze text")).then_some(spans)
    })
    .await;
    let root = spans.iter().find(|span| span.name == webhook).unwrap();
    assert_eq!((root.kind, root.trace_id.as_str()), ("server", trace));
    let attribute = |name: &str| {
        let found = root.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    assert_eq!(attribute("http.response.status_code"), "200");
    assert_eq!(attribute("kith.tenant.id"), it.tenant.to_string());
    let delivery = store.find(|span| span.name == "deliver reply").unwrap();
    assert_eq!(delivery.links.len(), 1);
    assert!(spans.iter().all(|span| !is_private(&format!("{span:?}"))));
    assert!(!is_private(&format!("{delivery:?}")));
}

#[tokio::test]
async fn no_event_carries_personal_data() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let message = it.write(&source, 1, WORDS).await;
    let reply = it.queue(&message.thread, REPLY).await;
    let delivery = it.delivered(&reply, &[State::Sent]).await;
    it.announces(&delivery.name, &["DeliverySent"]).await;

    for record in it.records().await {
        let payload = String::from_utf8_lossy(record.payload.as_ref().unwrap()).into_owned();
        assert!(!is_private(&payload) && !is_private(&format!("{:?}", record.headers)));
    }
}

fn is_private(text: &str) -> bool {
    [WORDS, REPLY, OPENID, SECRET, "canary"].iter().any(|it| text.contains(it))
}
