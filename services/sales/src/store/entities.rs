//! The rows of the tables, for this room only.

pub(super) mod order;
pub(super) mod product;
