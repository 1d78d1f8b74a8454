//! The five services in one process, for a laptop, a demo and the end-to-end tests.
//!
//! It owns nothing: it hands each service a database, the shared log, a token issuer and free ports, and steps back.

mod announcement;
mod clients;
pub mod config;
mod data_dir;
pub mod demo;
pub mod http;
mod platform;
mod sockets;
pub mod traces;

pub use announcement::{json, text};
pub use clients::Clients;
pub use data_dir::DataDir;
pub use platform::{Options, Platform};
pub use sockets::Addresses;
