//! The tables of this service; the only room that knows SQL. Every read starts from a `live` or an `of` scope.

pub mod accounts;
pub mod consents;
pub mod contacts;
mod entities;
pub mod identities;
mod migrations;
pub mod timeline;

pub use migrations::Migrator;
