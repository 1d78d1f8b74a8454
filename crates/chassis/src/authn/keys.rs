//! The public keys of one issuer: read again when an unknown key appears, kept when they cannot be read.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use anyhow::{Context, bail};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse},
};
use tokio::{sync::Mutex, time::Instant};

use super::IssuerSetting;

/// Largest key set that is read.
const MAX_JWKS_BYTES: usize = 1024 * 1024;

/// Longest time a key set may take to arrive.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

type KeyRing = HashMap<String, Arc<DecodingKey>>;

pub(super) struct Keys {
    source: Source,
    algorithm: Algorithm,
    min_interval: Duration,
    known: RwLock<Option<Arc<KeyRing>>>,
    last_attempt: Mutex<Option<Instant>>,
}

enum Source {
    Web { client: reqwest::Client, address: reqwest::Url },
    File(PathBuf),
}

/// What is known of a key.
pub(super) enum Found {
    Key(Arc<DecodingKey>),
    /// The issuer has no such key, as far as its last key set says.
    Unknown,
    /// No key set could be read yet.
    Unavailable,
}

impl Keys {
    /// Prepares to read the keys; fails if the setting names neither an address nor a path.
    pub(super) fn new(setting: &IssuerSetting, min_interval: Duration) -> anyhow::Result<Self> {
        Ok(Self {
            source: Source::of(&setting.jwks)?,
            algorithm: setting.algorithm,
            min_interval,
            known: RwLock::new(None),
            last_attempt: Mutex::new(None),
        })
    }

    /// Returns the key named `id`, reading the key set again if it is not known and the last read is long enough ago.
    pub(super) async fn find(&self, id: &str) -> Found {
        if let Found::Key(key) = self.lookup(id) {
            return Found::Key(key);
        }
        // One reader at a time: those who waited find what it brought.
        let mut last_attempt = self.last_attempt.lock().await;
        let may_read = last_attempt.is_none_or(|it| self.min_interval <= it.elapsed());
        if may_read && !matches!(self.lookup(id), Found::Key(_)) {
            *last_attempt = Some(Instant::now());
            self.read().await;
        }
        self.lookup(id)
    }

    /// Reads the key set now. An outage leaves the keys known before in use.
    pub(super) async fn refresh(&self) {
        let mut last_attempt = self.last_attempt.lock().await;
        *last_attempt = Some(Instant::now());
        self.read().await;
    }

    fn lookup(&self, id: &str) -> Found {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        match known.as_ref().map(|ring| ring.get(id)) {
            Some(Some(key)) => Found::Key(key.clone()),
            Some(None) => Found::Unknown,
            None => Found::Unavailable,
        }
    }

    async fn read(&self) {
        match self.source.read().await {
            Ok(set) => {
                let ring = usable(&set, self.algorithm);
                tracing::debug!(keys = ring.len(), "read an issuer's keys");
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(ring));
            }
            Err(error) => {
                let cause = format!("{error:#}");
                tracing::warn!(error = cause, "cannot read an issuer's keys, keeping those known");
            }
        }
    }
}

impl Source {
    fn of(raw: &str) -> anyhow::Result<Self> {
        if !raw.contains("://") {
            return Ok(Self::File(PathBuf::from(raw)));
        }
        let address: reqwest::Url = raw.parse().context("read the JWKS address")?;
        if !matches!(address.scheme(), "http" | "https") {
            bail!("the JWKS address must begin with `https://` or `http://`");
        }
        // Fails when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(FETCH_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("build the client for JWKS")?;
        Ok(Self::Web { client, address })
    }

    async fn read(&self) -> anyhow::Result<JwkSet> {
        let bytes = match self {
            Self::Web { client, address } => download(client, address.clone()).await?,
            Self::File(path) => {
                tokio::fs::read(path).await.with_context(|| format!("read `{}`", path.display()))?
            }
        };
        if MAX_JWKS_BYTES < bytes.len() {
            bail!("the key set is larger than {MAX_JWKS_BYTES} bytes");
        }
        serde_json::from_slice(&bytes).context("read the key set as JSON")
    }
}

async fn download(client: &reqwest::Client, address: reqwest::Url) -> anyhow::Result<Vec<u8>> {
    let mut response = client.get(address).send().await?.error_for_status()?;
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if MAX_JWKS_BYTES < bytes.len() {
            break;
        }
    }
    Ok(bytes)
}

/// The keys of a set that are named, meant for signatures and fit for `algorithm`; the others are left out.
fn usable(set: &JwkSet, algorithm: Algorithm) -> KeyRing {
    let fitting = set.keys.iter().filter(|key| is_fit(key, algorithm));
    fitting
        .filter_map(|key| {
            let id = key.common.key_id.clone()?;
            let decoding = DecodingKey::from_jwk(key).ok()?;
            (decoding.family() == algorithm.family()).then(|| (id, Arc::new(decoding)))
        })
        .collect()
}

fn is_fit(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_for_signatures =
        matches!(&key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let is_for_algorithm = key
        .common
        .key_algorithm
        .is_none_or(|it| it.to_string().parse::<Algorithm>().is_ok_and(|it| it == algorithm));
    is_for_signatures && is_for_algorithm && has_sound_length(key)
}

/// The verifier cuts an Ed25519 key at 32 bytes without looking: a shorter one must not get there.
fn has_sound_length(key: &Jwk) -> bool {
    match &key.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => {
            pair.curve == EllipticCurve::Ed25519
                && URL_SAFE_NO_PAD.decode(&pair.x).is_ok_and(|bytes| bytes.len() == 32)
        }
        // Foreign enum: whatever else it holds or will hold, the family check above decides.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_are_named_and_fit_are_used() {
        let ed = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        #[track_caller]
        fn check(key: serde_json::Value, is_used: bool) {
            let text = key.to_string();
            let set: JwkSet = serde_json::from_value(serde_json::json!({ "keys": [key] })).unwrap();
            assert_eq!(usable(&set, Algorithm::EdDSA).len(), usize::from(is_used), "{text}");
        }

        let key = |x: &str| serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "x": x });
        let with = |field: &str, value: &str| {
            let mut key = key(ed);
            key["kid"] = "k".into();
            key[field] = value.into();
            key
        };
        check(with("kid", "a"), true);
        check(key(ed), false);
        check(with("use", "sig"), true);
        check(with("use", "enc"), false);
        check(with("alg", "EdDSA"), true);
        check(with("alg", "ES256"), false);
        check(with("x", "c2hvcnQ"), false);
        check(serde_json::json!({ "kty": "oct", "kid": "k", "k": ed }), false);
    }
}
