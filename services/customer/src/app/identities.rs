//! Use cases of channel identities: one contact per identity, whoever asks first.

use chassis::{
    command::{RequestKey, Started, Work},
    page::{Page, PageRequest, Place},
    tenant::TenantId,
};
use serde::{Deserialize, Serialize};

use super::{App, announce};
use crate::{
    domain::{
        Contact, ContactId, Event, Identity, IdentityKey, IdentityName, LanguageCode, Profile, Text,
    },
    error::{Error, Result},
    store,
};

/// The contact behind an identity, found or created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upserted {
    /// The contact.
    pub contact: Contact,
    /// Its identity.
    pub identity: Identity,
    /// Whether both were created for this call.
    pub is_created: bool,
}

impl App {
    /// Returns the contact of an identity, creating both if the tenant has never met it.
    ///
    /// The unique key of the identity decides races: the loser waits and finds the winner's contact.
    pub async fn upsert_contact_by_identity(
        &self,
        key: &RequestKey,
        identity_key: IdentityKey,
        display_name: Text,
        language_code: LanguageCode,
    ) -> Result<Upserted> {
        let work = match self.db.command(key).await? {
            Started::Repeated(upserted) => return Ok(upserted),
            Started::Fresh(work) => work,
        };
        let (tenant, now) = (key.tenant, self.clock.now());
        let profile = Profile { display_name, language_code, ..Profile::default() };
        let (created, event) = Contact::create(profile, now);
        let identity = Identity::link(created.id, identity_key, now);
        let upserted = match claim_or_hold(&work, tenant, &identity).await? {
            None => {
                let contact = created.next(now);
                store::contacts::insert(work.txn(), tenant, &contact).await?;
                let linked =
                    Event::IdentityLinked { contact: contact.clone(), identity: identity.clone() };
                announce(&work, tenant, &[event, linked]).await?;
                Upserted { contact, identity, is_created: true }
            }
            Some(identity) => {
                let contact = store::contacts::get(work.txn(), tenant, identity.contact).await?;
                Upserted { contact, identity, is_created: false }
            }
        };
        work.commit(&upserted).await?;
        Ok(upserted)
    }

    /// Links an identity to a contact. Linking it again to the same contact changes nothing.
    pub async fn link_identity(
        &self,
        key: &RequestKey,
        contact: ContactId,
        identity_key: IdentityKey,
    ) -> Result<Identity> {
        let work = match self.db.command(key).await? {
            Started::Repeated(identity) => return Ok(identity),
            Started::Fresh(work) => work,
        };
        let (tenant, now) = (key.tenant, self.clock.now());
        let contact = store::contacts::lock_live(work.txn(), tenant, contact).await?;
        let identity = Identity::link(contact.id, identity_key, now);
        if let Some(present) = claim_or_hold(&work, tenant, &identity).await? {
            if present.contact != contact.id {
                return Err(Error::IdentityTaken);
            }
            work.commit(&present).await?;
            return Ok(present);
        }
        let contact = contact.next(now);
        store::contacts::update(work.txn(), tenant, &contact).await?;
        let event = Event::IdentityLinked { contact, identity: identity.clone() };
        announce(&work, tenant, &[event]).await?;
        work.commit(&identity).await?;
        Ok(identity)
    }

    /// Takes an identity away from its contact.
    pub async fn unlink_identity(&self, key: &RequestKey, name: IdentityName) -> Result<Identity> {
        let work = match self.db.command(key).await? {
            Started::Repeated(identity) => return Ok(identity),
            Started::Fresh(work) => work,
        };
        let (tenant, now) = (key.tenant, self.clock.now());
        // The contact first: of two who take the identity away at once, the second finds it gone.
        let contact = match store::contacts::lock_live(work.txn(), tenant, name.contact).await {
            Err(Error::ContactNotFound(_)) => Err(Error::IdentityNotFound(Some(name))),
            found => found,
        }?;
        let contact = contact.next(now);
        let identity = store::identities::get(work.txn(), tenant, name).await?;
        store::identities::remove(work.txn(), tenant, &identity).await?;
        store::contacts::update(work.txn(), tenant, &contact).await?;
        let event = Event::IdentityUnlinked { contact, identity: identity.clone() };
        announce(&work, tenant, &[event]).await?;
        work.commit(&identity).await?;
        Ok(identity)
    }

    /// Returns the identity with this key.
    pub async fn resolve_identity(&self, tenant: TenantId, key: &IdentityKey) -> Result<Identity> {
        let txn = self.db.read(tenant).await?;
        store::identities::find(&txn, tenant, key).await?.ok_or(Error::IdentityNotFound(None))
    }

    /// Returns an identity by name.
    pub async fn get_identity(&self, tenant: TenantId, name: IdentityName) -> Result<Identity> {
        let txn = self.db.read(tenant).await?;
        store::identities::get(&txn, tenant, name).await
    }

    /// Lists the identities of a contact, oldest first.
    pub async fn list_identities(
        &self,
        tenant: TenantId,
        contact: ContactId,
        request: &PageRequest,
    ) -> Result<Page<Identity>> {
        let listing = self.lists.begin(tenant, &["identities", &contact.to_string()], request)?;
        let txn = self.db.read(tenant).await?;
        store::contacts::get(&txn, tenant, contact).await?;
        let found =
            store::identities::page(&txn, tenant, contact, listing.after, listing.limit()).await?;
        Ok(self.lists.end(&listing, found, |identity| Place {
            time: identity.link_time,
            id: identity.id.as_uuid(),
        }))
    }
}

/// Adds `identity`, or returns the one that stands in its place and that stays there until `work` ends.
async fn claim_or_hold(
    work: &Work,
    tenant: TenantId,
    identity: &Identity,
) -> Result<Option<Identity>> {
    loop {
        if store::identities::claim(work.txn(), tenant, identity).await? {
            return Ok(None);
        }
        // Whoever had the key may have let go of it since: then it is free to be claimed.
        if let Some(present) = store::identities::hold(work.txn(), tenant, &identity.key).await? {
            return Ok(Some(present));
        }
    }
}
