//! What tests need of the world: databases, logs, tokens, ports, patience. It must not know any service.
//!
//! The stack is chosen by the environment alone, so that one build runs on both: `DATABASE_URL` names a
//! PostgreSQL server and `KAFKA_BROKERS` an Apache Kafka; without them it is SQLite and the local log.
//! A dev-dependency only: everything here panics with a sentence instead of returning an error.

mod client;
mod database;
mod eventually;
mod issuer;
mod listeners;
mod log;
mod outside;

pub use client::client;
pub use database::TestDatabase;
pub use eventually::{Seen, eventually};
pub use issuer::TestIssuer;
pub use listeners::{Addresses, listener, listeners};
pub use log::TestLog;
