//! The network half of the chassis through real sockets: tokens, permissions, deadlines, limits, drain, telemetry.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod deadlines;
mod drain;
mod harness;
mod health;
mod keys;
mod limits;
mod local_issuer;
mod overload;
mod permissions;
mod retries;
mod shutdown;
mod spans;
mod telemetry;
mod tokens;
