//! The analytics service through its socket, on whichever stack the environment names.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail like the test itself")]

mod drill_down;
mod gated_log;
mod get_projection;
mod harness;
mod killed_process;
mod list_metric_definitions;
mod metrics;
mod project_facts;
mod query_metric;
mod rebuild_projection;
mod refusals;
mod story;
mod tenants;
