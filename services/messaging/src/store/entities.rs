//! The rows of each table, as sea-orm wants them described.

pub(super) mod auto_reply_rule;
pub(super) mod conversation;
pub(super) mod inbox;
pub(super) mod message;
