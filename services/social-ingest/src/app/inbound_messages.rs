//! Use cases of inbound messages: show them, and note what became of them elsewhere.

use chassis::{
    page::{Page, PageRequest},
    tenant::TenantId,
};
use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::App;
use crate::{
    domain::{InboundMessage, InboundMessageFilter, InboundMessageId, Mark},
    error::Result,
    store::{self, counters::Counts},
};

impl App {
    /// Returns an inbound message.
    pub(crate) async fn get_inbound_message(
        &self,
        tenant: TenantId,
        id: InboundMessageId,
    ) -> Result<InboundMessage> {
        let txn = self.db.read(tenant).await?;
        store::inbound_messages::get(&txn, tenant, id).await
    }

    /// Lists inbound messages, newest first. `scope` is the filter as the caller wrote it.
    pub(crate) async fn list_inbound_messages(
        &self,
        tenant: TenantId,
        filter: &InboundMessageFilter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<InboundMessage>> {
        let listing = self.lists.begin(tenant, &["inboundMessages", scope], request)?;
        let txn = self.db.read(tenant).await?;
        let (after, limit) = (listing.after, listing.limit());
        let found = store::inbound_messages::page(&txn, tenant, filter, after, limit).await?;
        Ok(self.lists.end(&listing, found, |message| message.id.as_uuid()))
    }
}

/// Notes when a message was projected or answered. The first time counts; a message of others is passed over.
pub(crate) async fn mark(
    txn: &DatabaseTransaction,
    tenant: TenantId,
    id: InboundMessageId,
    mark: Mark,
    time: DateTime<Utc>,
) -> Result<()> {
    let Some(source) = store::inbound_messages::mark(txn, tenant, id, mark, time).await? else {
        return Ok(());
    };
    let counts = match mark {
        Mark::Projected => Counts { projected: 1, ..Counts::default() },
        Mark::Answered => Counts { answered: 1, ..Counts::default() },
    };
    store::counters::add(txn, tenant, source, id.as_uuid(), counts).await?;
    Ok(())
}
