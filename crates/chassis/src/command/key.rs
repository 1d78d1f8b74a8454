//! What makes two requests the same: tenant, method, request id, and a hash of the whole message.

use prost::Message;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{malformed::Malformed, tenant::TenantId};

/// Names one request of one tenant to one method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// The caller's tenant.
    pub tenant: TenantId,
    /// The method's name, `kith.customer.v1.ContactService/CreateContact`.
    pub method: &'static str,
    /// The caller's id of the request; without one the request cannot be repeated safely.
    pub request_id: Option<Uuid>,
    /// SHA-256 of the request, by which a reused id is told from a repetition.
    pub hash: [u8; 32],
}

impl RequestKey {
    /// Names `request`, whose field `request_id` is the given text; empty means none.
    ///
    /// Refuses an id that is not a UUID. Maps inside the request must be B-tree maps, because a hash
    /// map would be encoded in another order each time.
    pub fn of(
        tenant: TenantId,
        method: &'static str,
        request_id: &str,
        request: &impl Message,
    ) -> Result<Self, Malformed> {
        let request_id = match request_id {
            "" => None,
            id => match Uuid::try_parse(id) {
                Ok(id) => Some(id),
                Err(_) => return Err(Malformed("must be a UUID")),
            },
        };
        Ok(Self { tenant, method, request_id, hash: hash(request) })
    }
}

fn hash(request: &impl Message) -> [u8; 32] {
    Sha256::digest(request.encode_to_vec()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHOD: &str = "kith.test.v1.TestService/Try";

    fn key(request_id: &str, body: &str) -> Result<RequestKey, Malformed> {
        RequestKey::of(TenantId::new(Uuid::nil()), METHOD, request_id, &body.to_owned())
    }

    #[test]
    fn another_body_makes_another_hash() {
        assert_eq!(key("", "one").unwrap(), key("", "one").unwrap());
        assert_ne!(key("", "one").unwrap().hash, key("", "two").unwrap().hash);
    }

    #[test]
    fn a_request_id_is_a_uuid_or_absent() {
        assert_eq!(key("", "one").unwrap().request_id, None);
        assert!(key("0199f3a0-0000-7000-8000-00000000000a", "one").unwrap().request_id.is_some());
        assert_eq!(key("first", "one"), Err(Malformed("must be a UUID")));
    }
}
