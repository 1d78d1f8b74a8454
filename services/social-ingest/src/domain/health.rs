//! The completeness ledger of a source: what came in and what became of it.

use chrono::{DateTime, Utc};

use super::SourceId;

/// What came in at a source and what became of it. Without trouble the counts agree from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceHealth {
    pub(crate) source: SourceId,
    pub(crate) received: i64,
    pub(crate) duplicates: i64,
    pub(crate) stored: i64,
    pub(crate) decoded: i64,
    pub(crate) unsupported: i64,
    pub(crate) undecodable: i64,
    pub(crate) projected: i64,
    pub(crate) answered: i64,
    pub(crate) gap: i64,
    pub(crate) pending: i64,
    pub(crate) last_receive_time: Option<DateTime<Utc>>,
    pub(crate) oldest_gap_time: Option<DateTime<Utc>>,
    pub(crate) deliveries_pending: i64,
    pub(crate) deliveries_sent: i64,
    pub(crate) deliveries_failed: i64,
    pub(crate) deliveries_unknown: i64,
    pub(crate) refused: i64,
}
