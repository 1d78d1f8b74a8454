//! Use cases of deliveries: accept, show, settle by hand. The courier sends them.

use chassis::{
    command::{RequestKey, Started},
    page::{Page, PageRequest},
    telemetry::context,
    tenant::TenantId,
};
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::App;
use crate::{
    announce,
    domain::{
        Delivery, DeliveryEvent, DeliveryFilter, DeliveryId, DeliveryState, MessageName,
        Resolution, ThreadId,
    },
    error::Result,
    store::{self, counters::Counts},
};

impl App {
    /// Returns a delivery.
    pub(crate) async fn get_delivery(&self, tenant: TenantId, id: DeliveryId) -> Result<Delivery> {
        let txn = self.db.read(tenant).await?;
        store::deliveries::get(&txn, tenant, id).await
    }

    /// Lists deliveries, newest first. `scope` is the filter as the caller wrote it.
    pub(crate) async fn list_deliveries(
        &self,
        tenant: TenantId,
        filter: &DeliveryFilter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Delivery>> {
        let listing = self.lists.begin(tenant, &["deliveries", scope], request)?;
        let txn = self.db.read(tenant).await?;
        let (after, limit) = (listing.after, listing.limit());
        let found = store::deliveries::page(&txn, tenant, filter, after, limit).await?;
        Ok(self.lists.end(&listing, found, |delivery| delivery.id.as_uuid()))
    }

    /// Settles a delivery of unknown outcome as an agent found it, and announces that.
    pub(crate) async fn resolve_delivery(
        &self,
        key: &RequestKey,
        id: DeliveryId,
        resolution: Resolution,
    ) -> Result<Delivery> {
        let work = match self.db.command(key).await? {
            Started::Repeated(delivery) => return Ok(delivery),
            Started::Fresh(work) => work,
        };
        let before = store::deliveries::lock(work.txn(), key.tenant, id).await?;
        let (after, event) = before.clone().resolve(resolution, self.clock.now())?;
        settle(work.txn(), key.tenant, &before, &after, Some(event)).await?;
        work.commit(&after).await?;
        Ok(after)
    }
}

/// Writes the ledger row of a message; a second time changes nothing. False if the thread is none of this tenant's.
pub(crate) async fn accept(
    txn: &DatabaseTransaction,
    tenant: TenantId,
    message: MessageName,
    thread: ThreadId,
    attempt: i32,
    now: DateTime<Utc>,
) -> Result<bool> {
    let Some((thread, position)) = store::threads::take_position(txn, tenant, thread).await? else {
        return Ok(false);
    };
    let source = store::sources::get(txn, tenant, thread.source).await?.source;
    let to = (source.id, thread.id, source.channel);
    let traceparent = context::current_traceparent();
    let delivery = Delivery::accept(message, attempt, to, position, traceparent, now);
    if store::deliveries::insert(txn, tenant, &delivery).await? {
        let counts = Counts { accepted: 1, ..Counts::default() };
        store::counters::add(txn, tenant, source.id, delivery.id.as_uuid(), counts).await?;
    }
    Ok(true)
}

/// Stores how a delivery changed, announces it and counts it.
pub(super) async fn settle(
    txn: &DatabaseTransaction,
    tenant: TenantId,
    before: &Delivery,
    after: &Delivery,
    event: Option<DeliveryEvent>,
) -> Result<()> {
    store::deliveries::update(txn, tenant, after).await?;
    if let Some(event) = event {
        bus::outbox::append(txn, &[announce::delivery(tenant, after, event)]).await?;
    }
    let mut counts = Counts::default();
    for (state, step) in [(before.state, -1), (after.state, 1)] {
        match state {
            // What was accepted is counted for ever; what waits is the rest.
            DeliveryState::Pending | DeliveryState::Sending => (),
            DeliveryState::Sent => counts.sent += step,
            DeliveryState::Failed => counts.failed += step,
            DeliveryState::Unknown => counts.unknown += step,
        }
    }
    store::counters::add(txn, tenant, after.source, after.id.as_uuid(), counts).await?;
    Ok(())
}
