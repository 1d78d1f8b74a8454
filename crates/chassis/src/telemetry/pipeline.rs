//! How spans, metrics and log lines leave the process: batched on threads of their own, dropped when in the way.

use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::{Context, KeyValue, global, trace::TracerProvider as _};
use opentelemetry_otlp::{MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    metrics::{PeriodicReader, SdkMeterProvider},
    trace::{BatchSpanProcessor, Sampler, SdkTracerProvider, Span, SpanData, SpanProcessor},
};
use tokio::sync::oneshot;
use tracing::{Dispatch, Level, level_filters::LevelFilter};
use tracing_subscriber::{EnvFilter, Layer, Registry, filter::filter_fn, layer::SubscriberExt};

use super::{LogFormat, SpanStore, TelemetryArgs, logs::JsonLines, names, service};

/// The telemetry of a process. Whoever started it ends it with [`Telemetry::shutdown`].
#[derive(Debug)]
pub struct Telemetry {
    providers: Option<Providers>,
}

#[derive(Debug)]
struct Providers {
    tracer: SdkTracerProvider,
    meter: Option<SdkMeterProvider>,
    drain_timeout: Duration,
}

/// Builds telemetry without claiming the process: the caller decides where the dispatch applies.
///
/// With a collector configured it must be called inside a tokio runtime.
pub fn detached(
    service: &'static str,
    args: &TelemetryArgs,
    store: Option<SpanStore>,
) -> anyhow::Result<(Telemetry, Dispatch)> {
    let resource = Resource::builder().with_service_name(service).build();
    let batch = match &args.otlp_endpoint {
        Some(endpoint) => Some(span_batches(endpoint, args)?),
        None => None,
    };
    let sampler =
        Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(args.trace_sample_ratio)));
    let tracer = SdkTracerProvider::builder()
        .with_resource(resource.clone())
        .with_sampler(sampler)
        .with_span_processor(Fork { store, batch })
        .build();
    let meter = match &args.otlp_endpoint {
        Some(endpoint) => Some(meters(endpoint, args, resource)?),
        None => None,
    };

    // Log lines are lines, not span events: the same fact is not sent twice.
    let only_spans = filter_fn(|it| it.is_span() && *it.level() <= Level::INFO)
        .with_max_level_hint(LevelFilter::INFO);
    let spans = tracing_opentelemetry::layer()
        .with_tracer(tracer.tracer("kith"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false)
        .with_filter(only_spans);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match args.log_format {
        LogFormat::Json => lines.event_format(JsonLines).boxed(),
        LogFormat::Text => lines.compact().boxed(),
    };
    let filter = EnvFilter::builder().parse(&args.log_filter).context("read the log filter")?;
    let subscriber = Registry::default().with(spans).with(lines.with_filter(filter));

    let providers = Providers { tracer, meter, drain_timeout: args.telemetry_drain_timeout };
    Ok((Telemetry { providers: Some(providers) }, Dispatch::new(subscriber)))
}

impl Telemetry {
    /// A share in telemetry that another service of the process has started.
    pub(super) fn joined() -> Self {
        Self { providers: None }
    }

    /// Lets instruments made from now on record.
    pub(super) fn publish_meters(&self) {
        if let Some(meter) = self.providers.as_ref().and_then(|it| it.meter.clone()) {
            global::set_meter_provider(meter);
        }
    }

    /// Exports what is left and stops, within the drain timeout even if the collector never answers.
    ///
    /// Does nothing for a share in another service's telemetry.
    pub async fn shutdown(self) {
        let Some(providers) = self.providers else {
            return;
        };
        let drain_timeout = providers.drain_timeout;
        let (done, finished) = oneshot::channel();
        // The exporters block their caller and need the runtime to make progress meanwhile.
        let spawned =
            std::thread::Builder::new().name("telemetry-drain".to_owned()).spawn(move || {
                let spans = providers.tracer.shutdown_with_timeout(providers.drain_timeout);
                let metrics =
                    providers.meter.map(|it| it.shutdown_with_timeout(providers.drain_timeout));
                // The receiver is gone when the time is up: nobody is left to tell.
                let _ = done.send(spans.and(metrics.unwrap_or(Ok(()))));
            });
        let outcome = match spawned {
            Ok(_) => tokio::time::timeout(drain_timeout, finished).await,
            Err(error) => return tracing::warn!(%error, "cannot drain telemetry"),
        };
        match outcome {
            Ok(Ok(Ok(()))) => (),
            Ok(Ok(Err(error))) => tracing::warn!(%error, "some telemetry was not exported"),
            Ok(Err(_)) | Err(_) => tracing::warn!("some telemetry was not exported in time"),
        }
    }
}

/// One processor for all, so that a span is copied only when both take it.
#[derive(Debug)]
struct Fork {
    store: Option<SpanStore>,
    batch: Option<BatchSpanProcessor>,
}

impl SpanProcessor for Fork {
    fn on_start(&self, span: &mut Span, _: &Context) {
        if let Some(name) = service::current() {
            opentelemetry::trace::Span::set_attribute(
                span,
                KeyValue::new(names::KITH_SERVICE, name),
            );
        }
    }

    fn on_end(&self, span: SpanData) {
        match (&self.store, &self.batch) {
            (Some(store), Some(batch)) => {
                store.add(span.clone());
                batch.on_end(span);
            }
            (Some(store), None) => store.add(span),
            (None, Some(batch)) => batch.on_end(span),
            (None, None) => (),
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batch.as_ref().map_or(Ok(()), SpanProcessor::force_flush)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batch.as_ref().map_or(Ok(()), |it| it.shutdown_with_timeout(timeout))
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(batch) = &mut self.batch {
            batch.set_resource(resource);
        }
    }
}

fn span_batches(endpoint: &str, args: &TelemetryArgs) -> anyhow::Result<BatchSpanProcessor> {
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(args.otlp_timeout)
        .build()
        .context("build the span exporter")?;
    Ok(BatchSpanProcessor::builder(exporter).build())
}

fn meters(
    endpoint: &str,
    args: &TelemetryArgs,
    resource: Resource,
) -> anyhow::Result<SdkMeterProvider> {
    let exporter = MetricExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(args.otlp_timeout)
        .build()
        .context("build the metric exporter")?;
    let reader = PeriodicReader::builder(exporter).with_interval(args.metrics_interval).build();
    Ok(SdkMeterProvider::builder().with_resource(resource).with_reader(reader).build())
}
