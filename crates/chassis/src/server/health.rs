//! What probes are told: ready while the service is, alive as long as the process answers at all.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic_health::{
    ServingStatus,
    pb::health_server::HealthServer,
    server::{HealthReporter, HealthService},
};

use super::connections::Plain;

/// The name a liveness probe asks for. It depends on nothing, so that no outage restarts a process.
pub const LIVENESS: &str = "liveness";

pub(super) struct Health {
    reporter: HealthReporter,
    service_names: &'static [&'static str],
    ready: Option<watch::Receiver<bool>>,
}

impl Health {
    pub(super) fn new(
        service_names: &'static [&'static str],
        ready: Option<watch::Receiver<bool>>,
    ) -> Self {
        Self { reporter: HealthReporter::new(), service_names, ready }
    }

    pub(super) fn service(&self) -> Plain {
        let service = HealthService::from_health_reporter(self.reporter.clone());
        Plain::new(Routes::new(HealthServer::new(service)))
    }

    /// Reports alive and not yet ready, before the first probe can ask.
    pub(super) async fn start(&self) {
        self.reporter.set_service_status(LIVENESS, ServingStatus::Serving).await;
        self.report(ServingStatus::NotServing).await;
    }

    /// Reports ready whenever the service is, until `stop`.
    pub(super) async fn follow_until(&self, stop: CancellationToken) {
        let Some(mut ready) = self.ready.clone() else {
            self.report(ServingStatus::Serving).await;
            return stop.cancelled().await;
        };
        loop {
            let is_ready = *ready.borrow_and_update();
            self.report(if is_ready { ServingStatus::Serving } else { ServingStatus::NotServing })
                .await;
            tokio::select! {
                () = stop.cancelled() => return,
                changed = ready.changed() => if changed.is_err() {
                    // Nobody is left to change it: what was said last stands.
                    return stop.cancelled().await;
                },
            }
        }
    }

    /// Reports not ready for good; the process stays alive while it drains.
    pub(super) async fn stop(&self) {
        self.report(ServingStatus::NotServing).await;
    }

    async fn report(&self, status: ServingStatus) {
        for name in self.service_names.iter().chain([&""]) {
            self.reporter.set_service_status(name, status).await;
        }
    }
}
