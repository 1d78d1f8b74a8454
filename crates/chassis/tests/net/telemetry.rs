//! Telemetry that cannot hurt: a collector that is silent, and a store that is full.

use std::time::{Duration, Instant};

use axum::{Router, body::Body};
use chassis::telemetry::{self, SpanStore, TelemetryArgs};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::service::Routes;

fn quiet() -> TelemetryArgs {
    TelemetryArgs { log_filter: "off".to_owned(), ..TelemetryArgs::default() }
}

#[tokio::test]
async fn a_collector_that_swallows_everything_delays_neither_work_nor_shutdown() {
    let black_hole = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let args = TelemetryArgs {
        otlp_endpoint: Some(format!("http://{}", black_hole.local_addr().unwrap())),
        otlp_timeout: Duration::from_secs(60),
        telemetry_drain_timeout: Duration::from_millis(300),
        ..quiet()
    };
    let (telemetry, dispatch) = telemetry::detached("it", &args, None).unwrap();

    let worked = Instant::now();
    tracing::dispatcher::with_default(&dispatch, || {
        for _ in 0..10_000 {
            tracing::info_span!("work").in_scope(|| ());
        }
    });
    assert!(worked.elapsed() < Duration::from_secs(10), "{:?}", worked.elapsed());

    let asked = Instant::now();
    telemetry.shutdown().await;

    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
}

/// Answers every gRPC call with an empty OK and tells which path it was.
async fn collector() -> (String, mpsc::UnboundedReceiver<String>) {
    let (sender, paths) = mpsc::unbounded_channel();
    let answer = move |request: axum::extract::Request| {
        let _ = sender.send(request.uri().path().to_owned());
        async {
            ([("content-type", "application/grpc"), ("grpc-status", "0")], Body::from(vec![0; 5]))
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Routes::from(Router::new().fallback(answer));
    let incoming = TcpListenerStream::new(listener);
    let serving = tonic::transport::Server::builder().add_routes(routes);
    tokio::spawn(async move { serving.serve_with_incoming(incoming).await });
    (url, paths)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_at_the_end_reaches_the_collector() {
    let (url, mut paths) = collector().await;
    let args = TelemetryArgs {
        otlp_endpoint: Some(url),
        telemetry_drain_timeout: Duration::from_secs(20),
        ..quiet()
    };
    let (telemetry, dispatch) = telemetry::detached("it", &args, None).unwrap();
    tracing::dispatcher::with_default(&dispatch, || tracing::info_span!("work").in_scope(|| ()));

    telemetry.shutdown().await;

    let path = paths.recv().await.unwrap();
    assert_eq!(path, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
}

#[tokio::test]
async fn a_full_store_forgets_the_oldest_spans_and_their_links() {
    let store = SpanStore::new(3);
    let (_telemetry, dispatch) = telemetry::detached("it", &quiet(), Some(store.clone())).unwrap();

    let ids: Vec<String> = tracing::dispatcher::with_default(&dispatch, || {
        let mut before: Option<String> = None;
        let chain = (0..10).map(|_| {
            let span = tracing::info_span!("link in a chain");
            if let Some(cause) = &before {
                telemetry::context::link_to(&span, cause);
            }
            let named = telemetry::context::traceparent(&span).unwrap();
            before = Some(named.clone());
            named[3..35].to_owned()
        });
        chain.collect()
    });

    assert!(store.trace(&ids[6]).is_empty());
    assert_eq!(store.related(&ids[9]).len(), 3);
    assert_eq!(store.latest_roots(10).len(), 3);
    assert_eq!(store.find(|_| true).unwrap().trace_id, ids[9]);
}

#[tokio::test]
async fn two_services_of_one_process_share_its_telemetry() {
    let _ = crate::harness::spans();

    let joined = telemetry::init("another", &quiet()).unwrap();

    let asked = Instant::now();
    joined.shutdown().await;
    assert!(asked.elapsed() < Duration::from_secs(1));
    assert!(telemetry::context::traceparent(&tracing::info_span!("still recorded")).is_some());
}

#[test]
fn a_malformed_setting_is_refused_on_the_command_line() {
    use clap::{Args, Command};
    let command = TelemetryArgs::augment_args(Command::new("it"));

    for arguments in
        [["--trace-sample-ratio", "2"], ["--log-filter", "=="], ["--log-format", "xml"]]
    {
        let line = ["it"].into_iter().chain(arguments);
        assert!(command.clone().try_get_matches_from(line).is_err(), "{arguments:?}");
    }
}
