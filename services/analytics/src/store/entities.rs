//! One row type per table, known to this room only.

pub(super) mod fact;
pub(super) mod projection;
