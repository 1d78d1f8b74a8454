//! Use cases of the timeline.

use chassis::{
    page::{Page, PageRequest, Place},
    tenant::TenantId,
};

use super::App;
use crate::{
    domain::ContactId,
    error::Result,
    store::{self, timeline::Entry},
};

impl App {
    /// Lists what happened around a contact, newest first.
    pub async fn list_timeline_entries(
        &self,
        tenant: TenantId,
        contact: ContactId,
        request: &PageRequest,
    ) -> Result<Page<Entry>> {
        let listing = self.lists.begin(tenant, &["timeline", &contact.to_string()], request)?;
        let txn = self.db.read(tenant).await?;
        store::contacts::get(&txn, tenant, contact).await?;
        let found =
            store::timeline::page(&txn, tenant, contact, listing.after, listing.limit()).await?;
        Ok(self
            .lists
            .end(&listing, found, |entry| Place { time: entry.event_time, id: entry.event_id }))
    }
}
