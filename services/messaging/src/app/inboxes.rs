//! Use cases of inboxes.

use chassis::{
    command::{RequestKey, Started},
    etag,
    page::{Page, PageRequest, Place},
    tenant::TenantId,
};

use super::App;
use crate::{
    announce,
    domain::{
        Channel, Inbox,
        ids::{InboxId, SourceId},
        inbox::{Filter, Settings},
    },
    error::{Error, Result},
    store,
};

impl App {
    /// Creates an inbox and announces it.
    pub async fn create_inbox(
        &self,
        key: &RequestKey,
        channel: Channel,
        source: Option<SourceId>,
        settings: Settings,
    ) -> Result<Inbox> {
        let work = match self.db.command(key).await? {
            Started::Repeated(inbox) => return Ok(inbox),
            Started::Fresh(work) => work,
        };
        let (inbox, event) = Inbox::create(channel, source, settings, self.clock.now());
        store::inboxes::insert(work.txn(), key.tenant, &inbox).await?;
        let message = announce::inbox(key.tenant, &inbox, event);
        bus::outbox::append(work.txn(), &[message]).await?;
        work.commit(&inbox).await?;
        Ok(inbox)
    }

    /// Returns an inbox, deleted ones included.
    pub async fn get_inbox(&self, tenant: TenantId, id: InboxId) -> Result<Inbox> {
        let txn = self.db.read(tenant).await?;
        store::inboxes::get(&txn, tenant, id).await
    }

    /// Lists live inboxes, newest first. `scope` is the filter as the caller wrote it.
    pub async fn list_inboxes(
        &self,
        tenant: TenantId,
        filter: &Filter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Inbox>> {
        let listing = self.lists.begin(tenant, &["inboxes", scope], request)?;
        let txn = self.db.read(tenant).await?;
        let found =
            store::inboxes::page(&txn, tenant, filter, listing.after, listing.limit()).await?;
        Ok(self.lists.end(&listing, found, |inbox| Place {
            time: inbox.create_time,
            id: inbox.id.as_uuid(),
        }))
    }

    /// Changes the settings of an inbox, as `change` makes them of the present ones.
    pub async fn update_inbox(
        &self,
        key: &RequestKey,
        id: InboxId,
        etag: &str,
        change: impl FnOnce(Settings) -> Result<Settings>,
    ) -> Result<Inbox> {
        let work = match self.db.command(key).await? {
            Started::Repeated(inbox) => return Ok(inbox),
            Started::Fresh(work) => work,
        };
        let mut inbox = seen(store::inboxes::get_live(work.txn(), key.tenant, id).await?, etag)?;
        let version = inbox.version;
        let settings = change(inbox.settings.clone())?;
        if let Some(event) = inbox.update(settings, self.clock.now()) {
            store::inboxes::update(work.txn(), key.tenant, &inbox, version).await?;
            let message = announce::inbox(key.tenant, &inbox, event);
            bus::outbox::append(work.txn(), &[message]).await?;
        }
        work.commit(&inbox).await?;
        Ok(inbox)
    }

    /// Deletes an inbox softly; its conversations stay.
    pub async fn delete_inbox(&self, key: &RequestKey, id: InboxId, etag: &str) -> Result<Inbox> {
        let work = match self.db.command(key).await? {
            Started::Repeated(inbox) => return Ok(inbox),
            Started::Fresh(work) => work,
        };
        let mut inbox = seen(store::inboxes::get_live(work.txn(), key.tenant, id).await?, etag)?;
        let version = inbox.version;
        let event = inbox.delete(self.clock.now());
        store::inboxes::update(work.txn(), key.tenant, &inbox, version).await?;
        let message = announce::inbox(key.tenant, &inbox, event);
        bus::outbox::append(work.txn(), &[message]).await?;
        work.commit(&inbox).await?;
        Ok(inbox)
    }
}

fn seen(inbox: Inbox, etag: &str) -> Result<Inbox> {
    if etag::matches(etag, inbox.version) { Ok(inbox) } else { Err(Error::InboxChanged(inbox.id)) }
}
