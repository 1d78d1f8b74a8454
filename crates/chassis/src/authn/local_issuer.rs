//! An issuer of tokens inside the process, for a laptop and for tests: one Ed25519 key in a private file.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde::Serialize;

use super::{IssuerSetting, Role, TokenSource, TokenUnavailable};

/// What PKCS #8 puts before the 32 secret bytes of an Ed25519 key (RFC 8410).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// How long a token for this process itself is valid.
const OWN_TTL: Duration = Duration::from_secs(10 * 60);

/// Signs tokens with a key of its own.
pub struct LocalIssuer {
    key: EncodingKey,
    jwk: Jwk,
    jwks_path: PathBuf,
    own: Mutex<Option<(String, Instant)>>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: String,
    tenant: &'a str,
    roles: [&'a str; 1],
    iat: u64,
    exp: u64,
}

impl LocalIssuer {
    /// The issuer as it stands in the tokens.
    pub const ISSUER: &'static str = "kith-local";

    /// The audience the tokens are meant for.
    pub const AUDIENCE: &'static str = "kith";

    /// Reads the key at `path`, or creates one that only this user can read. Its public half is put beside it.
    ///
    /// Fails if the file is not such a key, or if others can read it.
    pub fn load_or_create(path: impl AsRef<Path>) -> anyhow::Result<Self> {
        let path = path.as_ref();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create(path).with_context(|| format!("create the key `{}`", path.display()))?;
                fs::read_to_string(path)
                    .with_context(|| format!("read the key `{}`", path.display()))?
            }
            Err(error) => {
                return Err(error).with_context(|| format!("read the key `{}`", path.display()));
            }
        };
        let mode = fs::metadata(path).context("look at the key file")?.mode();
        if mode & 0o077 != 0 {
            bail!("others can read the key `{0}`: run `chmod 600 {0}`", path.display());
        }
        let key = EncodingKey::from_ed_der(&decode(&text).context("read the key file")?);
        let mut jwk =
            Jwk::from_encoding_key(&key, Algorithm::EdDSA).context("derive the public key")?;
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        jwk.common.key_id = Some(jwk.thumbprint(ThumbprintHash::SHA256).context("name the key")?);

        let jwks_path = path.with_extension("jwks.json");
        let issuer = Self { key, jwk, jwks_path, own: Mutex::new(None) };
        let jwks = issuer.jwks().to_string();
        replace(&issuer.jwks_path, jwks.as_bytes(), 0o644).context("write the public key")?;
        Ok(issuer)
    }

    /// The public key, as a JSON Web Key Set.
    pub fn jwks(&self) -> serde_json::Value {
        serde_json::to_value(JwkSet { keys: vec![self.jwk.clone()] })
            .expect("a key set made of strings is JSON")
    }

    /// Where the public key set lies, for processes that verify this issuer's tokens.
    pub fn jwks_path(&self) -> &Path {
        &self.jwks_path
    }

    /// This issuer as a verifier's setting.
    pub fn setting(&self) -> IssuerSetting {
        IssuerSetting {
            issuer: Self::ISSUER.to_owned(),
            algorithm: Algorithm::EdDSA,
            jwks: self.jwks_path.display().to_string(),
            audience: Self::AUDIENCE.to_owned(),
        }
    }

    /// Issues a token for `tenant`, a UUID, or `*` for a service that names the tenant in each call.
    pub fn token(&self, tenant: &str, role: Role, ttl: Duration) -> String {
        let now = jsonwebtoken::get_current_timestamp();
        let claims = Claims {
            iss: Self::ISSUER,
            aud: Self::AUDIENCE,
            sub: format!("local-{}", role.as_str()),
            tenant,
            roles: [role.as_str()],
            iat: now,
            exp: now.saturating_add(ttl.as_secs()),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = self.jwk.common.key_id.clone();
        jsonwebtoken::encode(&header, &claims, &self.key)
            .expect("the key was read as an Ed25519 key, which signs any bytes")
    }
}

/// As the services of the process see it: a token good for every tenant.
impl TokenSource for LocalIssuer {
    fn token(&self) -> Result<String, TokenUnavailable> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, issued_at)) = own.as_ref()
            && issued_at.elapsed() < OWN_TTL / 2
        {
            return Ok(token.clone());
        }
        let token = LocalIssuer::token(self, "*", Role::Service, OWN_TTL);
        *own = Some((token.clone(), Instant::now()));
        Ok(token)
    }
}

/// Writes a new key where there is none. If another process was faster, its key stands.
fn create(path: &Path) -> anyhow::Result<()> {
    let secret: [u8; 32] = rand::random();
    let der = [PKCS8_PREFIX.as_slice(), secret.as_slice()].concat();
    let text = format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", STANDARD.encode(der));
    let draft = write_draft(path, text.as_bytes(), 0o600)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a file so that no reader ever sees half of it.
fn replace(path: &Path, content: &[u8], mode: u32) -> anyhow::Result<()> {
    let draft = write_draft(path, content, mode)?;
    Ok(fs::rename(draft, path)?)
}

fn write_draft(path: &Path, content: &[u8], mode: u32) -> anyhow::Result<PathBuf> {
    let draft = path.with_extension(format!("{:016x}.draft", rand::random::<u64>()));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(draft)
}

fn decode(text: &str) -> anyhow::Result<Vec<u8>> {
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body.trim()).context("decode base64")?;
    if der.len() != PKCS8_PREFIX.len() + 32 || !der.starts_with(&PKCS8_PREFIX) {
        bail!("not an Ed25519 key in PKCS #8 form");
    }
    Ok(der)
}
