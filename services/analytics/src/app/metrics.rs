//! Use cases of metrics: both read one snapshot, of the generation in use.

use chassis::{
    page::{Page, PageRequest, Place},
    tenant::TenantId,
};

use super::App;
use crate::{
    domain::{MAX_POINTS, Point, ProjectionName, Query, Row},
    error::{Error, Result},
    store,
};

impl App {
    /// Computes a metric, in order of days and labels.
    pub async fn query_metric(&self, tenant: TenantId, query: &Query) -> Result<Vec<Point>> {
        let txn = self.db.read(tenant).await?;
        let live = store::projections::get(&txn, ProjectionName::Facts).await?.live;
        let points = store::facts::points(&txn, tenant, live, query, MAX_POINTS + 1).await?;
        if MAX_POINTS < points.len() { Err(Error::TooManyPoints) } else { Ok(points) }
    }

    /// Lists the rows behind a number, newest first. `scope` is the filter as the caller wrote it.
    pub async fn drill_down(
        &self,
        tenant: TenantId,
        query: &Query,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Row>> {
        let (first, last) = (query.days.first.to_string(), query.days.last.to_string());
        let parts = ["facts", query.metric.id(), &first, &last, scope];
        let listing = self.lists.begin(tenant, &parts, request)?;
        let txn = self.db.read(tenant).await?;
        let live = store::projections::get(&txn, ProjectionName::Facts).await?.live;
        let found =
            store::facts::page(&txn, tenant, live, query, listing.after, listing.limit()).await?;
        Ok(self.lists.end(&listing, found, |row| Place { time: row.event_time, id: row.event_id }))
    }
}
