//! The chassis against real databases and real sockets: SQLite, or PostgreSQL where `DATABASE_URL` is set.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod command;
mod database;
mod failure;
mod harness;
mod isolation;
mod schema;
