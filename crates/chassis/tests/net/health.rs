//! What probes are told, on their own port and without a token.

use chassis::{
    authz::Policy,
    server::{LIVENESS, Listeners, ServerArgs},
};
use tokio::sync::watch;
use tonic::{Code, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use crate::harness::{ISSUER, Probe, Served, eventually};

const SERVING: i32 = 1;
const NOT_SERVING: i32 = 2;

async fn status(health: &mut HealthClient<Channel>, service: &str) -> i32 {
    let request = HealthCheckRequest { service: service.to_owned() };
    health.check(request).await.unwrap().into_inner().status
}

#[tokio::test]
async fn readiness_follows_the_service_and_liveness_does_not() {
    let (ready, following) = watch::channel(false);
    let listeners = Listeners::on_free_ports().await.unwrap();
    let served = Served::ready_when(
        Some(following),
        listeners,
        Probe::willing(),
        ServerArgs::default(),
        Policy::default(),
        &ISSUER.args(),
    )
    .await;
    let mut health = served.health().await;

    for (is_ready, expected) in [(false, NOT_SERVING), (true, SERVING), (false, NOT_SERVING)] {
        ready.send_replace(is_ready);

        for service in ["", "grpc.health.v1.Health"] {
            eventually(async || (status(&mut health, service).await == expected).then_some(()))
                .await;
        }
        assert_eq!(status(&mut health, LIVENESS).await, SERVING);
    }
}

#[tokio::test]
async fn a_service_nobody_serves_is_not_found() {
    let served = Served::start(Probe::willing()).await;
    let request = HealthCheckRequest { service: "kith.unknown.v1.Service".to_owned() };

    let answer = served.health().await.check(request).await;

    assert_eq!(answer.unwrap_err().code(), Code::NotFound);
}
