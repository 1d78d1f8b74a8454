//! The rows as sea-orm sees them; nothing outside `store` does.
#![allow(unreachable_pub, reason = "the derive makes its types public; the module is private")]
#![allow(missing_docs, reason = "columns are described by the contract's fields of the same name")]

pub(super) mod delivery;
pub(super) mod envelope;
pub(super) mod inbound_message;
pub(super) mod source;
pub(super) mod thread;
