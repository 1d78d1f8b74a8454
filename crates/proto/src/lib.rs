//! The contract of `/proto` as Rust: messages, clients, servers, and what the options say about them.
//!
//! It must not know any crate of ours.
#![allow(
    missing_docs,
    reason = "generated from the protos, where `buf lint` demands a comment on everything"
)]
#![allow(clippy::doc_markdown, clippy::doc_lazy_continuation, reason = "generated comments")]

mod contract;
mod event;

pub use contract::{METHODS, Method, Required};
pub use event::Event;

/// The descriptors of every proto file, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

#[allow(
    unreachable_pub,
    reason = "the generator makes its modules public; the root re-exports them"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/kith.rs"));
}

pub use generated::kith::{analytics, customer, messaging, ops, sales, social};
