//! Repeating calls: only what is UNAVAILABLE, only whole requests, and only as long as the budget lasts.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use chassis::{
    client::ClientArgs,
    server::{Listeners, ServerArgs},
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::harness::{ISSUER, Probe, Served, client, eventually, request};

/// Fails the first `failures` calls and counts them all.
fn failing(failures: usize, status: Status) -> (Probe, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let probe = Probe::new(move |_| {
        let call = counted.fetch_add(1, Ordering::SeqCst);
        let outcome = if call < failures { Err(status.clone()) } else { Ok(()) };
        async move { outcome }
    });
    (probe, calls)
}

#[tokio::test]
async fn an_unavailable_answer_is_asked_for_again() {
    let (probe, calls) = failing(2, Status::unavailable("busy"));
    let served = Served::start(probe).await;

    served.client().check(request()).await.unwrap();

    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn an_answer_that_is_not_unavailable_stands() {
    for code in [Code::Internal, Code::Aborted, Code::DeadlineExceeded, Code::ResourceExhausted] {
        let (probe, calls) = failing(1, Status::new(code, "no"));
        let served = Served::start(probe).await;

        assert_eq!(served.client().check(request()).await.unwrap_err().code(), code);

        assert_eq!(calls.load(Ordering::SeqCst), 1, "{code:?}");
    }
}

#[tokio::test]
async fn retries_stop_when_the_budget_is_spent() {
    let (probe, calls) = failing(usize::MAX, Status::unavailable("down"));
    let served = Served::start(probe).await;
    let args = ClientArgs { retry_reserve: 3, retry_percent: 0, ..ClientArgs::default() };
    let client = served.client_with(&args);

    for _ in 0..20 {
        let status = client.clone().check(request()).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::Unavailable, "down"));
    }

    assert_eq!(calls.load(Ordering::SeqCst), 20 + 3);
}

#[tokio::test]
async fn a_retry_waits_as_long_as_the_server_asks() {
    let mut details = ErrorDetails::new();
    details.set_retry_info(Some(Duration::from_millis(300)));
    let busy = Status::with_error_details(Code::Unavailable, "busy", details);
    let (probe, _) = failing(1, busy);
    let served = Served::start(probe).await;

    let asked = Instant::now();
    served.client().check(request()).await.unwrap();

    assert!(Duration::from_millis(300) <= asked.elapsed());
}

#[tokio::test]
async fn a_retry_that_would_be_late_is_not_made() {
    let mut details = ErrorDetails::new();
    details.set_retry_info(Some(Duration::from_secs(3600)));
    let busy = Status::with_error_details(Code::Unavailable, "busy", details);
    let (probe, calls) = failing(usize::MAX, busy);
    let served = Served::start(probe).await;

    let asked = Instant::now();
    let status = served.client().check(request()).await.unwrap_err();

    assert_eq!((status.code(), calls.load(Ordering::SeqCst)), (Code::Unavailable, 1));
    assert!(asked.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn a_request_too_large_to_keep_is_sent_once() {
    let (probe, calls) = failing(usize::MAX, Status::unavailable("busy"));
    let served = Served::start(probe).await;
    let args = ClientArgs { client_max_replay_bytes: 1_000, ..ClientArgs::default() };

    let mut large = request();
    large.get_mut().service = "x".repeat(100_000);
    let status = served.client_with(&args).check(large).await.unwrap_err();

    assert_eq!((status.code(), calls.load(Ordering::SeqCst)), (Code::Unavailable, 1));
}

#[tokio::test]
async fn a_service_that_is_down_is_unavailable_and_found_once_it_is_up() {
    let listeners = Listeners::on_free_ports().await.unwrap();
    let address = listeners.grpc.local_addr().unwrap();
    let url = format!("http://{address}");
    drop(listeners.grpc);
    let mut client = client(&url, &ClientArgs::default());

    let status = client.check(request()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let info = status.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), &info.metadata["target"]),
        ("UNREACHABLE", &address.to_string())
    );

    let grpc = tokio::net::TcpListener::bind(address).await.unwrap();
    let listeners = Listeners { grpc, health: listeners.health };
    let policy = chassis::authz::Policy::new([(crate::harness::CHECK, "probes.read")]);
    let _served =
        Served::on(listeners, Probe::willing(), ServerArgs::default(), policy, &ISSUER.args())
            .await;
    eventually(async || client.check(request()).await.ok()).await;
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_unavailable_and_not_a_timeout() {
    let mut client = client("http://does-not-exist.invalid:1", &ClientArgs::default());

    let status = client.check(request()).await.unwrap_err();

    assert_eq!(status.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_client_outlives_the_restart_of_its_server() {
    let first = Served::start(Probe::willing()).await;
    let address: std::net::SocketAddr = first.url.trim_start_matches("http://").parse().unwrap();
    let mut client = first.client();
    client.check(request()).await.unwrap();

    first.stop.cancel();
    first.running.await.unwrap().unwrap();
    let grpc = eventually(async || tokio::net::TcpListener::bind(address).await.ok()).await;
    let health = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let policy = chassis::authz::Policy::new([(crate::harness::CHECK, "probes.read")]);
    let _second = Served::on(
        Listeners { grpc, health },
        Probe::willing(),
        ServerArgs::default(),
        policy,
        &ISSUER.args(),
    )
    .await;

    client.check(request()).await.unwrap();
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_at_the_start() {
    for url in ["", "customer:50051", "https://customer:1", "http://customer:1/path", "http://"] {
        let token = std::sync::Arc::new(chassis::authn::FixedToken::new("t"));
        assert!(chassis::client::Client::new(url, token, &ClientArgs::default()).is_err(), "{url}");
    }
}
