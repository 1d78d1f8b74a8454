//! The `kith` command as a person or a script runs it, and what is left of its work after `kill -9`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod collector;
mod commands;
mod killing;
mod leaking;
mod mangling;
mod process;
mod wire;
