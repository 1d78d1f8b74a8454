//! What the bus promises, on every stack: SQLite or PostgreSQL, the local log or Apache Kafka.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod consume;
mod crash;
mod dead_letters;
mod handlers;
mod local;
mod log;
mod outage;
mod park;
mod publish;
mod replay;
mod retire;
mod stack;
mod status;
mod trace;
