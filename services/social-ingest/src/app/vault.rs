//! Seals credentials for the database. It must not know what it seals beyond its bytes.

use std::{fmt, str::FromStr};

use aes_gcm::{
    AeadCore, Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, OsRng, Payload},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use chassis::tenant::TenantId;

use crate::domain::{Credentials, SourceId};

/// Says what the bytes are, so that a later form can be told apart.
const FORM: u8 = 1;

const NONCE_LEN: usize = 12;

/// Seals with AES-256-GCM. What was sealed for one source opens for no other.
#[derive(Clone)]
pub(crate) struct Vault {
    current: Aes256Gcm,
    earlier: Vec<Aes256Gcm>,
}

/// The setting does not hold keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be keys of 32 bytes in base64, separated by commas")]
pub(crate) struct BadKey;

impl FromStr for Vault {
    type Err = BadKey;

    /// Takes keys of 32 bytes in base64, separated by commas: the first seals, all open.
    fn from_str(keys: &str) -> Result<Self, BadKey> {
        let mut ciphers = keys.split(',').map(|key| {
            let key = BASE64_STANDARD.decode(key.trim()).map_err(|_| BadKey)?;
            Aes256Gcm::new_from_slice(&key).map_err(|_| BadKey)
        });
        let current = ciphers.next().unwrap_or(Err(BadKey))?;
        Ok(Self { current, earlier: ciphers.collect::<Result<_, _>>()? })
    }
}

impl Vault {
    /// Makes a key that nobody has yet, as the setting takes it.
    pub(crate) fn generate_key() -> String {
        BASE64_STANDARD.encode(Aes256Gcm::generate_key(&mut OsRng))
    }

    /// Seals the credentials of a source.
    pub(crate) fn seal(
        &self,
        tenant: TenantId,
        source: SourceId,
        credentials: &Credentials,
    ) -> Vec<u8> {
        let plain =
            serde_json::to_vec(credentials).expect("credentials are a plain enum of strings");
        let nonce = Aes256Gcm::generate_nonce(&mut OsRng);
        let payload = Payload { msg: &plain, aad: &bound_to(tenant, source) };
        let sealed = self
            .current
            .encrypt(&nonce, payload)
            .expect("AES-GCM refuses only messages of many gigabytes");
        [&[FORM], nonce.as_slice(), &sealed].concat()
    }

    /// Opens the credentials of a source; none if they were sealed for another, or with another key.
    pub(crate) fn open(
        &self,
        tenant: TenantId,
        source: SourceId,
        sealed: &[u8],
    ) -> Option<Credentials> {
        let (nonce, sealed) = sealed.strip_prefix(&[FORM])?.split_at_checked(NONCE_LEN)?;
        let aad = bound_to(tenant, source);
        let plain = std::iter::once(&self.current).chain(&self.earlier).find_map(|cipher| {
            let payload = Payload { msg: sealed, aad: &aad };
            cipher.decrypt(Nonce::from_slice(nonce), payload).ok()
        })?;
        serde_json::from_slice(&plain).ok()
    }
}

fn bound_to(tenant: TenantId, source: SourceId) -> [u8; 32] {
    let mut aad = [0; 32];
    aad[..16].copy_from_slice(tenant.as_uuid().as_bytes());
    aad[16..].copy_from_slice(source.as_uuid().as_bytes());
    aad
}

/// A key never reaches a log by accident.
impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::WeChatCredentials;

    fn credentials() -> Credentials {
        Credentials::WeChat(WeChatCredentials {
            app_id: "wx-1".to_owned(),
            app_secret: "canary-secret".to_owned(),
            token: "canary-token".to_owned(),
            encoding_aes_key: None,
        })
    }

    fn tenant(number: u128) -> TenantId {
        TenantId::new(Uuid::from_u128(number))
    }

    #[test]
    fn only_the_same_source_of_the_same_tenant_opens_what_was_sealed() {
        let vault: Vault = Vault::generate_key().parse().unwrap();
        let source = SourceId::new(DateTime::default());
        let other = SourceId::new(DateTime::default());

        let sealed = vault.seal(tenant(1), source, &credentials());

        assert_eq!(vault.open(tenant(1), source, &sealed), Some(credentials()));
        assert_eq!(vault.open(tenant(2), source, &sealed), None);
        assert_eq!(vault.open(tenant(1), other, &sealed), None);
        assert_eq!(vault.open(tenant(1), source, &sealed[..20]), None);
        assert_eq!(vault.open(tenant(1), source, b""), None);
        assert!(!sealed.windows(6).any(|it| it == b"canary"));
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let (old, new) = (Vault::generate_key(), Vault::generate_key());
        let before: Vault = old.parse().unwrap();
        let after: Vault = format!("{new},{old}").parse().unwrap();
        let only_new: Vault = new.parse().unwrap();
        let source = SourceId::new(DateTime::default());

        let sealed_before = before.seal(tenant(1), source, &credentials());
        let sealed_after = after.seal(tenant(1), source, &credentials());

        assert!(after.open(tenant(1), source, &sealed_before).is_some());
        assert!(only_new.open(tenant(1), source, &sealed_after).is_some());
        assert!(only_new.open(tenant(1), source, &sealed_before).is_none());
    }

    #[test]
    fn a_key_is_32_bytes_of_base64() {
        #[track_caller]
        fn check(keys: &str, is_read: bool) {
            assert_eq!(keys.parse::<Vault>().is_ok(), is_read, "{keys}");
        }

        check(&Vault::generate_key(), true);
        check("", false);
        check("c2hvcnQ=", false);
        check(&format!("{},", Vault::generate_key()), false);
    }
}
