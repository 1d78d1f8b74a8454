//! The rules of the tree that are kept by tests, not by memory: rooms, edges, files, READMEs, protos, crates.
//!
//! Each rule is a function from files to violations, with one test on the tree and one on an example that breaks it.
#![allow(clippy::unwrap_used, reason = "a rule that cannot read the tree must fail loudly")]

mod crates;
mod edges;
mod files;
mod protos;
mod readmes;
mod rooms;
mod tokens;
mod tree;
