//! One row type per table, known to this room only.

pub(super) mod account;
pub(super) mod consent;
pub(super) mod contact;
pub(super) mod identity;
pub(super) mod timeline_entry;
