//! The end of a rebuild: the new generation takes over in one transaction, the old one goes in batches.

use super::App;
use crate::{
    announce,
    domain::{Generation, ProjectionName},
    error::Result,
    store,
};

/// Rows removed in one transaction: few enough that no event waits long for the writer.
const BATCH: u64 = 2_000;

impl App {
    /// Puts a generation into use and announces it; both are committed, or neither. Returns `false` if it
    /// is not the one being built any more.
    pub async fn swap(&self, name: ProjectionName, generation: Generation) -> Result<bool> {
        let row_count = {
            let txn = self.db.read_system().await?;
            store::facts::count_all(&txn, generation).await?
        };
        let txn = self.db.begin_system().await?;
        let projection = store::projections::lock(&txn, name).await?;
        let Some((projection, event)) = projection.swap(generation, row_count, self.clock.now())
        else {
            return Ok(false);
        };
        store::projections::update(&txn, &projection).await?;
        bus::outbox::append(&txn, &[announce::message(&event)]).await?;
        txn.commit().await?;
        self.db.wake();
        Ok(true)
    }

    /// Removes a batch of what earlier generations have left: their rows, then what the bus remembers of
    /// their groups. Returns `false` when nothing is left.
    pub async fn sweep(&self, name: ProjectionName) -> Result<bool> {
        let txn = self.db.begin_system().await?;
        let projection = store::projections::lock(&txn, name).await?;
        let mut removed = store::facts::remove_before(&txn, projection.live, BATCH).await?;
        let to_sweep = projection.to_sweep();
        if let Some(generation) = to_sweep
            && removed == 0
        {
            removed = bus::retire(&txn, &generation.group(), BATCH).await?;
            if removed == 0 {
                let mut projection = projection;
                projection.swept = generation.0;
                store::projections::update(&txn, &projection).await?;
            }
        }
        txn.commit().await?;
        Ok(removed != 0 || to_sweep.is_some())
    }
}
