//! The completeness ledger of a source, read in a bounded number of index look-ups.

use chassis::tenant::TenantId;

use super::App;
use crate::{
    domain::{SourceHealth, SourceId},
    error::Result,
    store,
};

impl App {
    /// Tells what came in at a source and what became of it.
    pub(crate) async fn source_health(
        &self,
        tenant: TenantId,
        id: SourceId,
    ) -> Result<SourceHealth> {
        let txn = self.db.read(tenant).await?;
        store::sources::get(&txn, tenant, id).await?;
        let counts = store::counters::total(&txn, tenant, id).await?;
        let pending_since = store::envelopes::oldest_pending(&txn, tenant, id).await?;
        let gap_since = store::inbound_messages::oldest_gap(&txn, tenant, id).await?;
        Ok(SourceHealth {
            source: id,
            received: counts.stored + counts.duplicates,
            duplicates: counts.duplicates,
            stored: counts.stored,
            decoded: counts.decoded,
            unsupported: counts.unsupported,
            undecodable: counts.undecodable,
            projected: counts.projected,
            answered: counts.answered,
            gap: counts.decoded - counts.projected,
            pending: counts.stored - counts.decoded - counts.unsupported - counts.undecodable,
            last_receive_time: counts.last_receive_time,
            oldest_gap_time: pending_since.into_iter().chain(gap_since).min(),
            deliveries_pending: counts.accepted - counts.sent - counts.failed - counts.unknown,
            deliveries_sent: counts.sent,
            deliveries_failed: counts.failed,
            deliveries_unknown: counts.unknown,
            refused: self.refusals.count(id),
        })
    }
}
