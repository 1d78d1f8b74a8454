//! The gRPC server of a process: what every request passes before a service sees it, and how it stops.

mod admission;
mod args;
mod connections;
mod gate;
mod health;
mod listeners;
mod message_limit;
mod rpc;

pub use args::{AdmissionArgs, ServerArgs};
pub use health::LIVENESS;
pub use listeners::Listeners;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use crate::{authn::Verifier, authz::Policy};

use self::{connections::ConnectionLimits, gate::Gate, health::Health};

/// How long probes are waited for once everything else is done; a watch of the health never ends by itself.
const PROBE_DRAIN_TIMEOUT: Duration = Duration::from_millis(100);

/// What a server needs besides its listeners and its routes.
pub struct ServerOptions {
    /// Name of the service, as spans, metrics and log lines carry it.
    pub service: &'static str,
    /// The settings.
    pub args: ServerArgs,
    /// Checks callers' tokens.
    pub verifier: Arc<Verifier>,
    /// The permission each method needs.
    pub policy: Policy,
    /// The encoded descriptor set that reflection tells of.
    pub descriptors: &'static [u8],
    /// Full names of the gRPC services, each with a health status of its own.
    pub service_names: &'static [&'static str],
    /// Whether the service can answer now; `None` if it can from the start.
    pub ready: Option<watch::Receiver<bool>>,
}

/// Serves `routes` until `stop` is cancelled, then drains: `NOT_SERVING`, the pre-stop delay, GOAWAY, and what is
/// in flight for at most the drain timeout.
///
/// A handler that answers with an endless stream ends it itself when `stop` is cancelled, or it is cut.
///
/// Fails if the descriptor set cannot be read.
pub async fn run(
    listeners: Listeners,
    routes: Routes,
    options: ServerOptions,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let ServerOptions { service, args, verifier, policy, descriptors, service_names, ready } =
        options;
    let routes = match args.reflection {
        true => with_reflection(routes, descriptors).context("read the descriptor set")?,
        false => routes,
    };
    let health = Health::new(service_names, ready);
    health.start().await;
    let gate = Gate::new(service, &args, verifier.clone(), policy, routes.prepare());
    let limits = args.connection_limits();
    let probe_limits = ConnectionLimits { drain_timeout: PROBE_DRAIN_TIMEOUT, ..limits.clone() };
    let refuse = CancellationToken::new();
    let stopped = CancellationToken::new();

    let answering = async {
        connections::serve(listeners.grpc, gate, &limits, refuse.clone()).await;
        stopped.cancel();
    };
    let probing =
        connections::serve(listeners.health, health.service(), &probe_limits, stopped.clone());
    let reporting = async {
        health.follow_until(stop).await;
        health.stop().await;
        tokio::time::sleep(args.pre_stop_delay).await;
        refuse.cancel();
    };
    tokio::join!(answering, probing, reporting, verifier.keep_fresh(stopped.clone()));
    Ok(())
}

fn with_reflection(routes: Routes, descriptors: &'static [u8]) -> anyhow::Result<Routes> {
    let v1 = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(descriptors)
        .build_v1()?;
    let v1alpha = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(descriptors)
        .build_v1alpha()?;
    Ok(routes.add_service(v1).add_service(v1alpha))
}
