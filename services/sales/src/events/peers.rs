//! What this service asks of customer, always in the tenant of the event; no transaction is open here.

use bus::{Failure, found};
use chassis::{
    client::{Client, for_tenant},
    tenant::TenantId,
};
use proto::customer::v1::{
    GetIdentityRequest, ResolveIdentityRequest, identity_service_client::IdentityServiceClient,
};

use crate::{
    convert,
    domain::{ContactId, IdentityKey},
};

/// The other services, as this one calls them.
#[derive(Clone)]
pub(crate) struct Peers {
    /// Knows the contact behind an identity.
    pub(crate) customer: Client,
}

impl Peers {
    /// Returns the contact who has the identity with this key, if anybody has.
    pub(super) async fn contact_of(
        &self,
        tenant: TenantId,
        key: &IdentityKey,
    ) -> Result<Option<ContactId>, Failure> {
        let mut client = IdentityServiceClient::new(self.customer.clone());
        let request = ResolveIdentityRequest { key: Some(convert::identity_key_to_pb(key)) };
        let identity = found(client.resolve_identity(for_tenant(request, tenant)).await)?;
        identity.map(|it| ContactId::parse(&it.contact).map_err(Failure::fail)).transpose()
    }

    /// Returns the key of an identity and the contact who has it, if anybody still has.
    pub(super) async fn identity(
        &self,
        tenant: TenantId,
        name: String,
    ) -> Result<Option<(IdentityKey, ContactId)>, Failure> {
        let mut client = IdentityServiceClient::new(self.customer.clone());
        let request = GetIdentityRequest { name };
        let Some(identity) = found(client.get_identity(for_tenant(request, tenant)).await)? else {
            return Ok(None);
        };
        let contact = ContactId::parse(&identity.contact).map_err(Failure::fail)?;
        // A key that this release cannot read is none that an order could have been placed with.
        let key = convert::identity_key(&identity.key.unwrap_or_default(), "key").ok();
        Ok(key.map(|key| (key, contact)))
    }
}
