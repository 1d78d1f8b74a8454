//! More requests than the server works on at once: the rest are refused at once, and health is not among them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chassis::server::{AdmissionArgs, LIVENESS, ServerArgs};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_types::StatusExt;

use crate::harness::{Probe, Served, signed};

fn at_most(limit: usize) -> ServerArgs {
    let admission = AdmissionArgs {
        admission_min_concurrency: limit,
        admission_max_concurrency: limit,
        ..AdmissionArgs::default()
    };
    ServerArgs { admission, ..ServerArgs::default() }
}

#[tokio::test]
async fn what_exceeds_the_limit_is_refused_at_once_and_told_when_to_come_back() {
    let (sender, mut entered) = mpsc::unbounded_channel();
    let gate = Arc::new(Semaphore::new(0));
    let probe = {
        let gate = gate.clone();
        Probe::new(move |_| {
            let (gate, sender) = (gate.clone(), sender.clone());
            async move {
                let _ = sender.send(());
                gate.acquire().await.unwrap().forget();
                Ok(())
            }
        })
    };
    let served = Served::with(probe, at_most(2)).await;
    let client = served.plain().await;
    let mut admitted = JoinSet::new();
    for _ in 0..2 {
        let mut client = client.clone();
        admitted.spawn(async move { client.check(signed()).await });
        entered.recv().await.unwrap();
    }

    let asked = Instant::now();
    let status = client.clone().check(signed()).await.unwrap_err();

    assert!(asked.elapsed() < Duration::from_secs(1), "refused at once");
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.get_details_error_info().unwrap().reason, "OVERLOADED");
    assert!(status.get_details_retry_info().unwrap().retry_delay.unwrap() > Duration::ZERO);
    let mut health = served.health().await;
    for service in ["", LIVENESS, "grpc.health.v1.Health"] {
        let probe = HealthCheckRequest { service: service.to_owned() };
        assert_eq!(health.check(probe).await.unwrap().into_inner().status, 1, "{service}");
    }

    gate.add_permits(2);
    while let Some(outcome) = admitted.join_next().await {
        outcome.unwrap().unwrap();
    }
    gate.add_permits(1);
    client.clone().check(signed()).await.unwrap();
}

#[tokio::test]
async fn a_caller_who_gives_up_makes_room() {
    let (sender, mut entered) = mpsc::unbounded_channel();
    let probe = Probe::new(move |_| {
        let _ = sender.send(());
        std::future::pending()
    });
    let served = Served::with(probe, at_most(1)).await;
    let client = served.plain().await;
    let waiting = {
        let mut client = client.clone();
        tokio::spawn(async move { client.check(signed()).await })
    };
    entered.recv().await.unwrap();

    waiting.abort();

    crate::harness::eventually(async || {
        let mut client = client.clone();
        // An answer is a refusal; no answer in time means the request was let in.
        tokio::time::timeout(Duration::from_millis(50), client.check(signed())).await.err()
    })
    .await;
}

#[tokio::test]
async fn a_handler_that_panics_is_an_internal_error_and_gives_its_place_back() {
    let served = Served::with(Probe::new(|_| async { panic!("on purpose") }), at_most(1)).await;
    let mut client = served.plain().await;

    for _ in 0..3 {
        let status = client.check(signed()).await.unwrap_err();

        assert_eq!(status.code(), Code::Internal);
        assert_eq!(status.message(), "internal error");
    }
}
