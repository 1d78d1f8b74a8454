//! Seals page tokens: opaque, unforgeable, and of use only to the same tenant for the same list.

use std::fmt;

use aes_gcm::{
    AeadCore, Aes256Gcm, Key, KeyInit, Nonce,
    aead::{Aead, OsRng, Payload},
};
use anyhow::Context;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{redact::Redacted, tenant::TenantId};

/// Says what the bytes are, so that a later form can be told apart.
const PURPOSE: &[u8] = b"kith.page.v1";

const NONCE_LEN: usize = 12;

/// Longest token that is looked at. Ours hold a position of a few columns.
const MAX_TOKEN_LEN: usize = 4_096;

/// The setting of the key that seals page tokens.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PageArgs {
    /// Keys that seal page tokens, each 32 bytes in base64, separated by commas: the first seals, all
    /// open. Every replica needs the same. Without one, tokens end with the process.
    #[arg(long, env = "PAGE_TOKEN_KEY", hide_env_values = true)]
    pub page_token_key: Option<Redacted<String>>,
}

/// The page token is not one that this service gave to this tenant for this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("page token does not continue this list")]
pub struct BadPageToken;

/// Seals positions into page tokens and opens them again.
#[derive(Clone)]
pub struct PageSealer {
    current: Aes256Gcm,
    earlier: Vec<Aes256Gcm>,
}

impl PageSealer {
    /// Takes the keys of the setting, or one of its own that ends with the process.
    pub fn new(args: &PageArgs) -> anyhow::Result<Self> {
        let Some(keys) = &args.page_token_key else {
            return Ok(Self::random());
        };
        let mut ciphers =
            keys.expose().split(',').map(cipher).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self { current: ciphers.remove(0), earlier: ciphers })
    }

    /// Seals with a key that nobody else has: a restart or another replica refuses the tokens.
    pub fn random() -> Self {
        let key = Aes256Gcm::generate_key(&mut OsRng);
        Self { current: Aes256Gcm::new(&key), earlier: Vec::new() }
    }

    /// Seals `position` for `tenant` and the list that `scope` names (see [`super::scope`]).
    pub fn seal<T: Serialize>(&self, tenant: TenantId, scope: [u8; 32], position: &T) -> String {
        let position =
            serde_json::to_vec(position).expect("a position is a plain struct of columns");
        let nonce = Aes256Gcm::generate_nonce(&mut OsRng);
        let payload = Payload { msg: &position, aad: &bound_to(tenant, scope) };
        let sealed = self
            .current
            .encrypt(&nonce, payload)
            .expect("AES-GCM refuses only messages of many gigabytes");
        BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a token of the same tenant and list, or says no more than that it is not one.
    pub fn open<T: DeserializeOwned>(
        &self,
        tenant: TenantId,
        scope: [u8; 32],
        token: &str,
    ) -> Result<T, BadPageToken> {
        if MAX_TOKEN_LEN < token.len() {
            return Err(BadPageToken);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| BadPageToken)?;
        let Some((nonce, sealed)) = bytes.split_at_checked(NONCE_LEN) else {
            return Err(BadPageToken);
        };
        let aad = bound_to(tenant, scope);
        let position = std::iter::once(&self.current)
            .chain(&self.earlier)
            .find_map(|cipher| {
                let payload = Payload { msg: sealed, aad: &aad };
                cipher.decrypt(Nonce::from_slice(nonce), payload).ok()
            })
            .ok_or(BadPageToken)?;
        serde_json::from_slice(&position).map_err(|_| BadPageToken)
    }
}

/// The key must not be printed.
impl fmt::Debug for PageSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageSealer")
    }
}

fn cipher(encoded: &str) -> anyhow::Result<Aes256Gcm> {
    let key = BASE64_STANDARD
        .decode(encoded.trim())
        .ok()
        .filter(|key| key.len() == 32)
        .context("`PAGE_TOKEN_KEY` must be 32 bytes in base64")?;
    Ok(Aes256Gcm::new(Key::<Aes256Gcm>::from_slice(&key)))
}

fn bound_to(tenant: TenantId, scope: [u8; 32]) -> Vec<u8> {
    [PURPOSE, tenant.as_uuid().as_bytes(), &scope].concat()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::page::scope;

    const A: TenantId = TenantId::new(Uuid::from_u128(1));
    const B: TenantId = TenantId::new(Uuid::from_u128(2));

    fn keyed(keys: &[u8]) -> PageSealer {
        let keys: Vec<_> = keys.iter().map(|byte| BASE64_STANDARD.encode([*byte; 32])).collect();
        PageSealer::new(&PageArgs { page_token_key: Some(keys.join(",").into()) }).unwrap()
    }

    #[test]
    fn a_token_opens_for_its_own_tenant_and_list_only() {
        let sealer = PageSealer::random();
        let list = scope(&["ListContacts", "state = ACTIVE", ""]);
        let token = sealer.seal(A, list, &("2026-01-01", 7));

        assert_eq!(sealer.open(A, list, &token), Ok(("2026-01-01".to_owned(), 7)));
        assert_eq!(sealer.open::<(String, i32)>(B, list, &token), Err(BadPageToken));
        assert_eq!(sealer.open::<(String, i32)>(A, scope(&["other"]), &token), Err(BadPageToken));
        assert_eq!(sealer.open::<u64>(A, list, &token), Err(BadPageToken));
    }

    #[test]
    fn a_token_shows_nothing_of_the_position() {
        let token = PageSealer::random().seal(A, scope(&[]), &"ada@example.com");

        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("ada"));
    }

    #[test]
    fn what_is_not_a_token_is_refused() {
        let sealer = PageSealer::random();
        let list = scope(&[]);
        let mut forged = sealer.seal(A, list, &1).into_bytes();
        forged[20] = if forged[20] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();

        for token in ["", "A", "not base64!", "AAAAAAAAAAAAAAAAAAAAAA", &forged, &"A".repeat(9_999)]
        {
            assert_eq!(sealer.open::<i32>(A, list, token), Err(BadPageToken));
        }
    }

    #[test]
    fn the_same_key_opens_tokens_of_another_replica_and_an_earlier_key_its_own() {
        let list = scope(&[]);
        let token = keyed(&[1]).seal(A, list, &1);

        assert_eq!(keyed(&[1]).open(A, list, &token), Ok(1));
        assert_eq!(keyed(&[2, 1]).open(A, list, &token), Ok(1));
        assert_eq!(keyed(&[2]).open::<i32>(A, list, &token), Err(BadPageToken));
    }

    #[test]
    fn a_key_of_another_length_is_refused_at_start() {
        let args = PageArgs { page_token_key: Some("c2hvcnQ=".to_owned().into()) };

        assert!(PageSealer::new(&args).is_err());
    }
}
