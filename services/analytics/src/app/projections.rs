//! Use cases of projections: how far behind they are, and asking for another generation.

use bus::status::{GroupStatus, groups};
use chassis::{
    command::{RequestKey, Started},
    tenant::TenantId,
};

use super::App;
use crate::{
    domain::{Generation, Projection, ProjectionName, ProjectionStatus},
    error::{Error, Result},
    store,
};

impl App {
    /// Returns a projection, how many of its rows are the tenant's, and how far behind the log it is.
    ///
    /// Events that still wait in the outboxes of other services are in no log yet, so no lag counts them.
    pub async fn get_projection(
        &self,
        tenant: TenantId,
        name: ProjectionName,
    ) -> Result<ProjectionStatus> {
        let (projection, row_count) = {
            let txn = self.db.read(tenant).await?;
            let projection = store::projections::get(&txn, name).await?;
            let row_count = store::facts::count(&txn, tenant, projection.live).await?;
            (projection, row_count)
        };
        let group = self.group_status(projection.live).await?;
        let (lag_events, lag) =
            group.map_or_else(Default::default, |it| (it.lag_events(), it.lag()));
        Ok(ProjectionStatus { projection, lag_events, lag, row_count })
    }

    /// Asks for another generation, or returns [`Error::RebuildRunning`] while one is on its way.
    pub async fn rebuild_projection(
        &self,
        key: &RequestKey,
        name: ProjectionName,
    ) -> Result<ProjectionStatus> {
        // The log is asked before the transaction opens.
        let status = self.get_projection(key.tenant, name).await?;
        let work = match self.db.command(key).await? {
            Started::Repeated(status) => return Ok(status),
            Started::Fresh(work) => work,
        };
        let projection = store::projections::lock(work.txn(), name).await?;
        let Some(projection) = projection.rebuild(key.tenant) else {
            return Err(Error::RebuildRunning(name));
        };
        store::projections::update(work.txn(), &projection).await?;
        let status = ProjectionStatus { projection, ..status };
        work.commit(&status).await?;
        self.asked.notify_one();
        Ok(status)
    }

    /// How far the group of a generation has come in each partition; asks nothing of the database.
    pub async fn group_status(&self, generation: Generation) -> Result<Option<GroupStatus>> {
        let handlers = [(self.handler_of)(generation)];
        Ok(groups(&*self.log, &handlers, &self.clock).await?.pop())
    }

    /// Returns a projection across tenants, and whether an earlier generation has left something behind.
    pub async fn survey(&self, name: ProjectionName) -> Result<(Projection, bool)> {
        let txn = self.db.read_system().await?;
        let projection = store::projections::get(&txn, name).await?;
        let has_leftovers = projection.to_sweep().is_some()
            || store::facts::has_before(&txn, projection.live).await?;
        Ok((projection, has_leftovers))
    }
}
