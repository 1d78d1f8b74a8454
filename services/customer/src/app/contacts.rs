//! Use cases of contacts.

use chassis::{
    command::{RequestKey, Started},
    etag,
    page::{Page, PageRequest, Place},
    tenant::TenantId,
};

use super::{App, announce};
use crate::{
    domain::{Contact, ContactFilter, ContactId, Profile, ProfileChange},
    error::{Error, Result},
    store,
};

impl App {
    /// Creates a contact and announces it. Both are committed, or neither is.
    pub async fn create_contact(&self, key: &RequestKey, profile: Profile) -> Result<Contact> {
        let work = match self.db.command(key).await? {
            Started::Repeated(contact) => return Ok(contact),
            Started::Fresh(work) => work,
        };
        if let Some(account) = profile.account {
            store::accounts::hold_live(work.txn(), key.tenant, account).await?;
        }
        let (contact, event) = Contact::create(profile, self.clock.now());
        store::contacts::insert(work.txn(), key.tenant, &contact).await?;
        announce(&work, key.tenant, &[event]).await?;
        work.commit(&contact).await?;
        Ok(contact)
    }

    /// Returns a contact, deleted ones included.
    pub async fn get_contact(&self, tenant: TenantId, id: ContactId) -> Result<Contact> {
        let txn = self.db.read(tenant).await?;
        store::contacts::get(&txn, tenant, id).await
    }

    /// Lists contacts, newest first. `scope` is the filter as the caller wrote it.
    pub async fn list_contacts(
        &self,
        tenant: TenantId,
        filter: &ContactFilter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Contact>> {
        let show_deleted = if filter.show_deleted { "deleted" } else { "live" };
        let listing = self.lists.begin(tenant, &["contacts", scope, show_deleted], request)?;
        let txn = self.db.read(tenant).await?;
        let found =
            store::contacts::page(&txn, tenant, filter, listing.after, listing.limit()).await?;
        Ok(self.lists.end(&listing, found, |contact| Place {
            time: contact.create_time,
            id: contact.id.as_uuid(),
        }))
    }

    /// Changes fields of a contact; changing nothing announces nothing.
    pub async fn update_contact(
        &self,
        key: &RequestKey,
        id: ContactId,
        etag: &str,
        change: ProfileChange,
    ) -> Result<Contact> {
        let work = match self.db.command(key).await? {
            Started::Repeated(contact) => return Ok(contact),
            Started::Fresh(work) => work,
        };
        let contact = store::contacts::lock_live(work.txn(), key.tenant, id).await?;
        if !etag::matches(etag, contact.version) {
            return Err(Error::ContactChanged(id));
        }
        // The account it has may be deleted by now; only another one has to be there.
        if let Some(Some(account)) = change.account
            && contact.profile.account != Some(account)
        {
            store::accounts::hold_live(work.txn(), key.tenant, account).await?;
        }
        let contact = match contact.clone().update(change, self.clock.now()) {
            None => contact,
            Some((contact, event)) => {
                store::contacts::update(work.txn(), key.tenant, &contact).await?;
                announce(&work, key.tenant, &[event]).await?;
                contact
            }
        };
        work.commit(&contact).await?;
        Ok(contact)
    }

    /// Deletes a contact softly and releases its address and identities.
    pub async fn delete_contact(
        &self,
        key: &RequestKey,
        id: ContactId,
        etag: &str,
    ) -> Result<Contact> {
        let work = match self.db.command(key).await? {
            Started::Repeated(contact) => return Ok(contact),
            Started::Fresh(work) => work,
        };
        let contact = store::contacts::lock_live(work.txn(), key.tenant, id).await?;
        if !etag::matches(etag, contact.version) {
            return Err(Error::ContactChanged(id));
        }
        let Some((contact, event)) = contact.delete(self.clock.now()) else {
            return Err(Error::ContactNotFound(id));
        };
        store::identities::release(work.txn(), key.tenant, id).await?;
        store::contacts::update(work.txn(), key.tenant, &contact).await?;
        announce(&work, key.tenant, &[event]).await?;
        work.commit(&contact).await?;
        Ok(contact)
    }

    /// Brings a deleted contact back, without the identities it had.
    pub async fn undelete_contact(&self, key: &RequestKey, id: ContactId) -> Result<Contact> {
        let work = match self.db.command(key).await? {
            Started::Repeated(contact) => return Ok(contact),
            Started::Fresh(work) => work,
        };
        let contact = store::contacts::lock(work.txn(), key.tenant, id).await?;
        let Some((contact, event)) = contact.undelete(self.clock.now()) else {
            return Err(Error::ContactNotDeleted(id));
        };
        store::contacts::update(work.txn(), key.tenant, &contact).await?;
        announce(&work, key.tenant, &[event]).await?;
        work.commit(&contact).await?;
        Ok(contact)
    }
}
