//! What every process has; it must not know the bus, any service, or any service's proto.

pub mod authn;
pub mod authz;
pub mod client;
pub mod clock;
pub mod command;
pub mod database;
pub mod deadline;
pub mod duration;
pub mod etag;
pub mod filter;
pub mod malformed;
pub mod mask;
mod migrations;
pub mod page;
pub mod redact;
mod refusal;
pub mod request;
pub mod resource;
pub mod server;
pub mod shutdown;
pub mod status;
pub mod telemetry;
pub mod tenant;
mod watched;

pub use migrations::migrations;
