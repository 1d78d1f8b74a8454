//! Domain events from one service to the others; it must not know any service. The only crate that
//! knows Kafka.
//!
//! The way of an event, which is also the map of this crate:
//!
//! | room | does |
//! |---|---|
//! | `message` | what a service says ([`Message`]) and what a handler hears ([`Envelope`]) |
//! | `outbox` | keeps a message in the transaction that made it true |
//! | `relay` | publishes the outbox: append, then delete |
//! | `codec` | CloudEvents headers on the wire |
//! | `log` | the log behind one small trait; `local` is a file, `kafka` a cluster |
//! | `consumer` | takes events by key, claims each in the inbox, lets the [`Handler`] take effect |
//! | `dead` | what nobody can read, with origin and reason |
//! | `parked` | keys that failed five times, and their redrive |
//! | `replay` | reading the log again from an offset |
//! | `retire` | forgetting a group that nobody reads for any more |
//! | `ops` | the operator's RPCs over all this |
//! | `status` | outbox depth, lag and parked keys, as plain functions |

mod args;
mod codec;
pub mod consumer;
pub mod dead;
mod failure;
mod headers;
pub mod kafka;
mod links;
pub mod local;
pub mod log;
mod message;
mod metrics;
pub mod ops;
pub mod outbox;
pub mod parked;
pub mod relay;
pub mod replay;
mod retire;
mod sql;
pub mod status;

use sea_orm_migration::MigrationTrait;

pub use args::BusArgs;
pub use consumer::{ErasedHandler, Handler};
pub use failure::{Failure, found};
pub use links::Links;
pub use log::Log;
pub use message::{Envelope, Message};
pub use retire::retire;

/// The tables of the outbox and the inbox. A service's migrator chains them before its own.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(outbox::Migration), Box::new(consumer::Migration)]
}
