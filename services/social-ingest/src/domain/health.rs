//! The completeness ledger of a source: what came in and what became of it.

use chrono::{DateTime, Utc};

use super::SourceId;

/// What came in at a source and what became of it. Without trouble the counts agree from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the contract, which says what they count")]
pub struct SourceHealth {
    pub source: SourceId,
    pub received: i64,
    pub duplicates: i64,
    pub stored: i64,
    pub decoded: i64,
    pub unsupported: i64,
    pub undecodable: i64,
    pub projected: i64,
    pub answered: i64,
    pub gap: i64,
    pub pending: i64,
    pub last_receive_time: Option<DateTime<Utc>>,
    pub oldest_gap_time: Option<DateTime<Utc>>,
    pub deliveries_pending: i64,
    pub deliveries_sent: i64,
    pub deliveries_failed: i64,
    pub deliveries_unknown: i64,
    pub refused: i64,
}
