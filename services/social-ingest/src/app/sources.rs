//! Use cases of sources.

use chassis::{
    command::{RequestKey, Started, Work},
    etag,
    page::{Page, PageRequest},
    tenant::TenantId,
};

use super::App;
use crate::{
    announce,
    domain::{
        BaseUrl, Change, Credentials, DisplayName, Source, SourceEvent, SourceFilter, SourceId,
    },
    error::{Error, Result},
    store,
};

impl App {
    /// Connects an account, seals its credentials and announces it.
    pub(crate) async fn connect_source(
        &self,
        key: &RequestKey,
        display_name: DisplayName,
        api_base_url: Option<BaseUrl>,
        credentials: &Credentials,
    ) -> Result<Source> {
        let work = match self.db.command(key).await? {
            Started::Repeated(source) => return Ok(source),
            Started::Fresh(work) => work,
        };
        let (source, event) =
            Source::connect(display_name, api_base_url, credentials, self.clock.now());
        let sealed = self.accounts.seal(key.tenant, &source, credentials)?;
        store::sources::insert(work.txn(), key.tenant, &source, sealed).await?;
        finish(work, key.tenant, source, &[event]).await
    }

    /// Returns a source.
    pub(crate) async fn get_source(&self, tenant: TenantId, id: SourceId) -> Result<Source> {
        let txn = self.db.read(tenant).await?;
        Ok(store::sources::get(&txn, tenant, id).await?.source)
    }

    /// Lists sources, newest first. `scope` is the filter as the caller wrote it.
    pub(crate) async fn list_sources(
        &self,
        tenant: TenantId,
        filter: &SourceFilter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Source>> {
        let listing = self.lists.begin(tenant, &["sources", scope], request)?;
        let txn = self.db.read(tenant).await?;
        let found =
            store::sources::page(&txn, tenant, filter, listing.after, listing.limit()).await?;
        Ok(self.lists.end(&listing, found, |source| source.id.as_uuid()))
    }

    /// Changes fields and announces which.
    pub(crate) async fn update_source(
        &self,
        key: &RequestKey,
        id: SourceId,
        etag: &str,
        change: Change,
    ) -> Result<Source> {
        let work = match self.db.command(key).await? {
            Started::Repeated(source) => return Ok(source),
            Started::Fresh(work) => work,
        };
        let source = current(&work, key.tenant, id, etag).await?;
        let (source, event) = source.update(change, self.clock.now());
        if event.is_some() {
            self.accounts.check_address(&source)?;
            let kept = store::sources::Credentials::Keep;
            store::sources::update(work.txn(), key.tenant, &source, kept).await?;
        }
        finish(work, key.tenant, source, event.as_slice()).await
    }

    /// Replaces the credentials and announces it.
    pub(crate) async fn rotate_credentials(
        &self,
        key: &RequestKey,
        id: SourceId,
        credentials: &Credentials,
    ) -> Result<Source> {
        let work = match self.db.command(key).await? {
            Started::Repeated(source) => return Ok(source),
            Started::Fresh(work) => work,
        };
        let source = current(&work, key.tenant, id, "").await?;
        let (source, event) = source.rotate(credentials, self.clock.now())?;
        let sealed = self.accounts.seal(key.tenant, &source, credentials)?;
        let replaced = store::sources::Credentials::Replace(sealed);
        store::sources::update(work.txn(), key.tenant, &source, replaced).await?;
        finish(work, key.tenant, source, &[event]).await
    }

    /// Disconnects a source, destroys its credentials and announces it.
    pub(crate) async fn disconnect_source(
        &self,
        key: &RequestKey,
        id: SourceId,
        etag: &str,
    ) -> Result<Source> {
        let work = match self.db.command(key).await? {
            Started::Repeated(source) => return Ok(source),
            Started::Fresh(work) => work,
        };
        let source = current(&work, key.tenant, id, etag).await?;
        let (source, event) = source.disconnect(self.clock.now());
        if event.is_some() {
            let destroyed = store::sources::Credentials::Destroy;
            store::sources::update(work.txn(), key.tenant, &source, destroyed).await?;
        }
        finish(work, key.tenant, source, event.as_slice()).await
    }
}

async fn current(work: &Work, tenant: TenantId, id: SourceId, etag: &str) -> Result<Source> {
    let source = store::sources::get(work.txn(), tenant, id).await?.source;
    match etag::matches(etag, source.version) {
        true => Ok(source),
        false => Err(Error::SourceChanged(id)),
    }
}

async fn finish(
    work: Work,
    tenant: TenantId,
    source: Source,
    events: &[SourceEvent],
) -> Result<Source> {
    let messages: Vec<_> =
        events.iter().map(|event| announce::source(tenant, &source, event)).collect();
    bus::outbox::append(work.txn(), &messages).await?;
    work.commit(&source).await?;
    Ok(source)
}
