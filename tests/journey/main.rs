//! The journey end to end: a signed webhook in, a reply out, and every number and span in between.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod answering;
mod counting;
mod delivering;
mod denying;
mod linking;
mod refusing;
mod restarting;
mod tracing;
mod world;
