//! Opens snoozed conversations again when their time has come.

use std::time::Duration;

use chassis::tenant::TenantId;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::{announce, domain::ids::ConversationId, error::Result, store};

/// Conversations looked for at a time.
const BATCH: u64 = 100;

impl App {
    /// Wakes what is due, every so often, until `stop` is cancelled. An outage is waited out.
    pub async fn keep_waking(&self, every: Duration, stop: CancellationToken) {
        loop {
            match self.wake_due().await {
                Ok(0) => (),
                Ok(woken) => tracing::debug!(kith.conversations.count = woken, "woke snoozed ones"),
                Err(error) => tracing::warn!(?error, "left conversations snoozed for now"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(every) => (),
            }
        }
    }

    /// Wakes every conversation whose time has come, and tells how many there were.
    async fn wake_due(&self) -> Result<usize> {
        let mut woken = 0;
        loop {
            let txn = self.db.read_system().await?;
            let due = store::conversations::due(&txn, self.clock.now(), BATCH).await?;
            txn.rollback().await?;
            for (tenant, id) in &due {
                self.wake(*tenant, *id).await?;
            }
            woken += due.len();
            if u64::try_from(due.len()).is_ok_and(|found| found < BATCH) {
                return Ok(woken);
            }
        }
    }

    async fn wake(&self, tenant: TenantId, id: ConversationId) -> Result<()> {
        let txn = self.db.begin(tenant).await?;
        let mut conversation = store::conversations::get_locked(&txn, tenant, id).await?;
        let version = conversation.version;
        let now = self.clock.now();
        let Some(event) = conversation.wake(now) else {
            return Ok(());
        };
        store::conversations::update(&txn, tenant, &conversation, version).await?;
        let messages = announce::conversation(tenant, &conversation, vec![event], now);
        bus::outbox::append(&txn, &messages).await?;
        txn.commit().await?;
        self.db.wake();
        Ok(())
    }
}
