//! The settings of telemetry.

use std::{str::FromStr, time::Duration};

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::duration;

/// Where traces, metrics and logs go, and how much of them.
#[derive(Clone, Debug, Args)]
pub struct TelemetryArgs {
    /// Address of an OTLP gRPC collector, for example `http://collector:4317`. Nothing is exported without one.
    #[arg(long, env = "OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<String>,

    /// Longest time one export may take before it is given up.
    #[arg(long, env = "OTLP_TIMEOUT", default_value = "3s", value_parser = duration::parse)]
    pub otlp_timeout: Duration,

    /// How often metrics are exported.
    #[arg(long, env = "METRICS_INTERVAL", default_value = "30s", value_parser = duration::parse)]
    pub metrics_interval: Duration,

    /// Longest time a stopping process spends on exporting what is left.
    #[arg(long, env = "TELEMETRY_DRAIN_TIMEOUT", default_value = "3s", value_parser = duration::parse)]
    pub telemetry_drain_timeout: Duration,

    /// Share of new traces that are recorded, from 0 to 1. A caller's decision is always kept.
    #[arg(long, env = "TRACE_SAMPLE_RATIO", default_value = "1", value_parser = ratio)]
    pub trace_sample_ratio: f64,

    /// Form of the log lines on standard error.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Json)]
    pub log_format: LogFormat,

    /// Which log lines are written, for example `info` or `warn,bus=debug`.
    #[arg(long, env = "LOG_FILTER", default_value = "info,sea_orm_migration=warn", value_parser = filter)]
    pub log_filter: String,
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// One readable line.
    Text,
}

impl Default for TelemetryArgs {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            otlp_timeout: Duration::from_secs(3),
            metrics_interval: Duration::from_secs(30),
            telemetry_drain_timeout: Duration::from_secs(3),
            trace_sample_ratio: 1.0,
            log_format: LogFormat::Json,
            log_filter: "info,sea_orm_migration=warn".to_owned(),
        }
    }
}

fn ratio(raw: &str) -> Result<f64, String> {
    match f64::from_str(raw) {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => Ok(ratio),
        Ok(_) | Err(_) => Err("must be a number from 0 to 1".to_owned()),
    }
}

fn filter(raw: &str) -> Result<String, String> {
    match EnvFilter::builder().parse(raw) {
        Ok(_) => Ok(raw.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
