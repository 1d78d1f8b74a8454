//! Use cases of consent.

use chassis::{
    command::{RequestKey, Started},
    tenant::TenantId,
};

use super::{App, announce};
use crate::{
    domain::{Consent, ConsentState, ContactId, Event, Purpose, Text},
    error::Result,
    store,
};

impl App {
    /// Records that a contact agrees, or no longer does, and announces it.
    pub async fn set_consent(
        &self,
        key: &RequestKey,
        contact: ContactId,
        purpose: Purpose,
        state: ConsentState,
        evidence: Text,
    ) -> Result<Consent> {
        let work = match self.db.command(key).await? {
            Started::Repeated(consent) => return Ok(consent),
            Started::Fresh(work) => work,
        };
        let now = self.clock.now();
        let contact = store::contacts::lock_live(work.txn(), key.tenant, contact).await?.next(now);
        let consent = Consent { contact: contact.id, purpose, state, evidence, update_time: now };
        store::consents::upsert(work.txn(), key.tenant, &consent).await?;
        store::contacts::update(work.txn(), key.tenant, &contact).await?;
        let event = Event::ConsentChanged { contact, consent: consent.clone() };
        announce(&work, key.tenant, &[event]).await?;
        work.commit(&consent).await?;
        Ok(consent)
    }

    /// Lists what a contact ever agreed to.
    pub async fn list_consents(
        &self,
        tenant: TenantId,
        contact: ContactId,
    ) -> Result<Vec<Consent>> {
        let txn = self.db.read(tenant).await?;
        store::contacts::get(&txn, tenant, contact).await?;
        store::consents::of_contact(&txn, tenant, contact).await
    }
}
