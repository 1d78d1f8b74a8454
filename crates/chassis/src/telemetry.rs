//! Traces, metrics and logs of a process; a collector that is down, slow or silent never slows a request.

mod args;
pub mod context;
mod journey;
mod logs;
pub mod metrics;
pub mod names;
mod pipeline;
pub mod service;
mod span_store;

pub use args::{LogFormat, TelemetryArgs};
pub use journey::{Branch, render, tree};
pub use pipeline::{Telemetry, detached};
pub use span_store::{FinishedSpan, SpanLink, SpanStore};

use std::sync::Mutex;

use anyhow::Context as _;
use tracing_subscriber::util::SubscriberInitExt;

/// Whether the process has telemetry; five services in one process share the first one's.
static STARTED: Mutex<bool> = Mutex::new(false);

/// Starts the telemetry of this process, or joins what another service of it has started.
///
/// Fails if the settings are malformed, or if other code has already claimed the process's logs.
pub fn init(service: &'static str, args: &TelemetryArgs) -> anyhow::Result<Telemetry> {
    init_with(service, args, None)
}

/// Starts telemetry like [`init`] and also keeps the latest spans in `store`.
///
/// The store is ignored if telemetry has been started before.
pub fn init_with(
    service: &'static str,
    args: &TelemetryArgs,
    store: Option<SpanStore>,
) -> anyhow::Result<Telemetry> {
    let mut started = STARTED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if *started {
        return Ok(Telemetry::joined());
    }
    let (telemetry, dispatch) = detached(service, args, store)?;
    dispatch.try_init().context("install the subscriber")?;
    telemetry.publish_meters();
    *started = true;
    Ok(telemetry)
}
