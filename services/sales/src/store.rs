//! The tables of this service; the only room that knows SQL. Every read starts from a `live` or an `of` scope.

mod entities;
mod migrations;
pub mod orders;
pub mod products;

pub use migrations::Migrator;
