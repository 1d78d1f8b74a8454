//! Stopping: what is in flight is finished, what does not finish is cut, and probes hear of it first.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chassis::server::{LIVENESS, ServerArgs};
use tokio::sync::{Semaphore, mpsc};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;

use crate::harness::{Probe, Served, eventually, signed};

const NOT_SERVING: i32 = 2;

#[tokio::test]
async fn a_stopping_server_finishes_what_is_in_flight_and_exits() {
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
    let served = Served::start(probe).await;
    let client = served.plain().await;
    let mut health = served.health().await;
    let in_flight = {
        let mut client = client.clone();
        tokio::spawn(async move { client.check(signed()).await })
    };
    entered.recv().await.unwrap();

    served.stop.cancel();
    eventually(async || {
        let status = health.check(HealthCheckRequest::default()).await.unwrap().into_inner().status;
        (status == NOT_SERVING).then_some(())
    })
    .await;
    let liveness = HealthCheckRequest { service: LIVENESS.to_owned() };
    assert_eq!(health.check(liveness).await.unwrap().into_inner().status, 1);
    let address = served.url.trim_start_matches("http://").to_owned();
    eventually(async || tokio::net::TcpStream::connect(&address).await.err()).await;
    assert!(!served.running.is_finished());
    gate.add_permits(1);

    in_flight.await.unwrap().unwrap();
    served.running.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_server_that_cannot_drain_is_cut_when_its_time_is_up() {
    let (sender, mut entered) = mpsc::unbounded_channel();
    let probe = Probe::new(move |_| {
        let _ = sender.send(());
        std::future::pending()
    });
    let args = ServerArgs { drain_timeout: Duration::from_millis(200), ..ServerArgs::default() };
    let served = Served::with(probe, args).await;
    let mut client = served.plain().await;
    let in_flight = tokio::spawn(async move { client.check(signed()).await });
    entered.recv().await.unwrap();

    let asked = Instant::now();
    served.stop.cancel();

    served.running.await.unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_ne!(in_flight.await.unwrap().unwrap_err().code(), Code::Ok);
}

#[tokio::test]
async fn connections_that_do_nothing_do_not_delay_the_stop() {
    let served = Served::start(Probe::willing()).await;
    let mut idle = served.plain().await;
    idle.check(signed()).await.unwrap();
    let silent = tokio::net::TcpStream::connect(served.url.trim_start_matches("http://"));
    let _silent = silent.await.unwrap();
    let _watching = served.health().await.watch(HealthCheckRequest::default()).await.unwrap();

    let asked = Instant::now();
    served.stop.cancel();

    served.running.await.unwrap().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}

#[tokio::test]
async fn a_server_answers_during_its_pre_stop_delay() {
    let args = ServerArgs { pre_stop_delay: Duration::from_secs(3600), ..ServerArgs::default() };
    let served = Served::with(Probe::willing(), args).await;
    let mut health = served.health().await;

    served.stop.cancel();
    eventually(async || {
        let status = health.check(HealthCheckRequest::default()).await.unwrap().into_inner().status;
        (status == NOT_SERVING).then_some(())
    })
    .await;

    served.plain().await.check(signed()).await.unwrap();
    served.running.abort();
}
