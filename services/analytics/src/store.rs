//! The tables of this service; the only room that knows SQL. Every read of a tenant's rows starts from `of`.

mod entities;
pub mod facts;
mod migrations;
pub mod projections;

pub use migrations::Migrator;
