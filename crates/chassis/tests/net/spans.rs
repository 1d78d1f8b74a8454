//! Spans: one trace through calls, one journey through links, named by the conventions.

use chassis::telemetry::{self, FinishedSpan, context, names};
use tracing::Instrument;

use crate::harness::{Probe, Served, TENANT, eventually, request, spans};

fn attribute<'a>(span: &'a FinishedSpan, name: &str) -> Option<&'a str> {
    span.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn trace_id_of(traceparent: &str) -> String {
    traceparent[3..35].to_owned()
}

#[tokio::test]
async fn a_call_through_two_servers_is_one_trace() {
    let spans = spans();
    let inner = Served::start(Probe::willing()).await;
    let next = inner.client();
    let outer = Served::start(Probe::new(move |_| {
        let mut next = next.clone();
        async move { next.check(request()).await.map(|_| ()) }
    }))
    .await;
    let mut client = outer.client();

    let root = tracing::info_span!("root");
    let traceparent = async {
        client.check(request()).await.unwrap();
        context::current_traceparent().unwrap()
    }
    .instrument(root)
    .await;

    let trace = eventually(async || {
        let trace = spans.trace(&trace_id_of(&traceparent));
        (trace.len() == 5).then_some(trace)
    })
    .await;
    let kinds: Vec<&str> = trace.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, ["internal", "client", "server", "client", "server"]);
    for pair in trace.windows(2) {
        assert_eq!(pair[1].parent_span_id.as_deref(), Some(pair[0].span_id.as_str()));
    }
    let server = &trace[2];
    assert_eq!(server.name, "grpc.health.v1.Health/Check");
    assert_eq!(attribute(server, names::RPC_SYSTEM), Some("grpc"));
    assert_eq!(attribute(server, names::RPC_SERVICE), Some("grpc.health.v1.Health"));
    assert_eq!(attribute(server, names::RPC_METHOD), Some("Check"));
    assert_eq!(attribute(server, names::RPC_GRPC_STATUS_CODE), Some("0"));
    assert_eq!(attribute(server, names::KITH_TENANT_ID), Some(TENANT));
    assert_eq!(server.service.as_deref(), Some("probe"));
    assert_eq!(trace[3].service.as_deref(), Some("probe"), "the client belongs to its caller");
    assert_eq!(telemetry::render(&trace).lines().count(), 5);
}

#[tokio::test]
async fn a_failed_call_says_so_in_its_span() {
    let spans = spans();
    let served =
        Served::start(Probe::new(|_| async { Err(tonic::Status::internal("broken")) })).await;
    let mut client = served.client();

    let traceparent = async {
        client.check(request()).await.unwrap_err();
        context::current_traceparent().unwrap()
    }
    .instrument(tracing::info_span!("root"))
    .await;

    let trace = eventually(async || {
        let trace = spans.trace(&trace_id_of(&traceparent));
        (trace.len() == 3).then_some(trace)
    })
    .await;
    for span in &trace[1..] {
        assert!(span.is_error);
        assert_eq!(attribute(span, names::RPC_GRPC_STATUS_CODE), Some("13"));
    }
}

#[tokio::test]
async fn links_join_traces_into_one_journey_but_a_batch_does_not() {
    let spans = spans();
    let traceparent = |name: &'static str| {
        let span = tracing::info_span!("command", otel.name = name);
        let named = context::traceparent(&span).unwrap();
        drop(span);
        named
    };
    let effect_of = |cause: &str, name: &'static str| {
        let span = tracing::info_span!("process", otel.name = name, otel.kind = "consumer");
        context::link_to(&span, cause);
        let named = context::traceparent(&span).unwrap();
        drop(span);
        named
    };
    let first = traceparent("first");
    let second = traceparent("second");
    let effect = effect_of(&first, "effect");
    let after = effect_of(&effect, "after");
    let batch = tracing::info_span!("publish", otel.name = "batch", otel.kind = "producer");
    context::link_to(&batch, &first);
    context::link_to(&batch, &second);
    drop(batch);

    let names = |journey: Vec<FinishedSpan>| {
        let mut names: Vec<String> = journey.into_iter().map(|it| it.name).collect();
        names.sort();
        names
    };
    for start in [&first, &effect, &after] {
        let journey = spans.related(&trace_id_of(start));
        assert_eq!(names(journey), ["after", "batch", "effect", "first"]);
    }
    assert_eq!(names(spans.related(&trace_id_of(&second))), ["batch", "second"]);

    let tree = telemetry::tree(&spans.related(&trace_id_of(&after)));
    assert_eq!(tree.len(), 1, "one tree");
    assert_eq!(tree[0].span.name, "first");
    assert!(tree[0].children.iter().all(|it| it.is_linked));
}

#[tokio::test]
async fn a_stranger_cannot_invent_span_names() {
    let spans = spans();
    let served = Served::start(Probe::willing()).await;
    let channel = tonic::transport::Channel::from_shared(served.url.clone())
        .unwrap()
        .connect()
        .await
        .unwrap();
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4799-00f067aa0ba902b7-01";
    let invented = http::Request::builder()
        .method("POST")
        .uri("/invented.Service/name-with-a-secret")
        .header("traceparent", traceparent)
        .body(tonic::body::Body::empty())
        .unwrap();

    tower::ServiceExt::oneshot(channel, invented).await.unwrap();

    let trace = eventually(async || {
        let trace = spans.trace(&trace_id_of(traceparent));
        (!trace.is_empty()).then_some(trace)
    })
    .await;
    assert_eq!(trace[0].name, "_OTHER/_OTHER");
    assert!(!format!("{trace:?}").contains("secret"));
}
