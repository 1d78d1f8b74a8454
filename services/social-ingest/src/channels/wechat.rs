//! WeChat Official Accounts: verifies and opens what the platform pushes. It must not know how a message is stored.

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};

use super::inbound::Refusal;

pub mod client;
mod crypto;
mod decode;
mod query;
mod signature;
pub mod user_data;
mod xml;

pub use crypto::AesKey;
pub use decode::{decode, peek};
pub use signature::page_signature;

use query::Query;

/// Window that suits the platform: it fixes none, and delivers within seconds, three times at most.
pub const TIMESTAMP_WINDOW: Duration = Duration::from_secs(5 * 60);

/// What the platform wants to read after a delivery that is stored; anything else makes it deliver again.
pub const ACKNOWLEDGEMENT: &str = "success";

/// Longest text, in bytes of UTF-8, that one customer-service message may carry.
pub const MAX_TEXT_BYTES: usize = 2048;

/// Longest body that is looked at. The platform's own are a few kilobytes.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// The settings that a webhook and the platform's console share.
///
/// An account with a key accepts nothing in the clear: the plain signature does not cover the body.
#[derive(Clone)]
pub struct Credentials {
    token: String,
    key: Option<AesKey>,
    app_id: String,
    account: Option<String>,
}

/// A credential that the platform cannot have given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {problem}")]
pub struct BadCredential {
    /// The setting.
    pub field: &'static str,
    /// What is wrong with it, without its value.
    pub problem: &'static str,
}

impl Credentials {
    /// Parses the settings as an operator copies them from the console.
    ///
    /// `encoding_aes_key` is absent for an account in plain mode. `account` is the account's original id (`gh_…`);
    /// when it is given, a document for another is refused.
    pub fn parse(
        token: &str,
        encoding_aes_key: Option<&str>,
        app_id: &str,
        account: Option<&str>,
    ) -> Result<Self, BadCredential> {
        let is_word = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_word(token) || 128 < token.len() {
            return Err(BadCredential {
                field: "token",
                problem: "must be 1 to 128 printable characters",
            });
        }
        if !is_word(app_id) || 64 < app_id.len() {
            return Err(BadCredential {
                field: "app_id",
                problem: "must be 1 to 64 printable characters",
            });
        }
        let key = encoding_aes_key.map(AesKey::parse).transpose()?;
        let account = account.map(str::to_owned);
        Ok(Self { token: token.to_owned(), key, app_id: app_id.to_owned(), account })
    }
}

/// Secrets never reach a log by accident.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("app_id", &self.app_id).finish_non_exhaustive()
    }
}

/// A document whose origin is proven. It is not yet known to be well-formed.
#[derive(Clone, PartialEq, Eq)]
pub struct Verified {
    document: Vec<u8>,
}

impl Verified {
    /// The plain XML, as it was pushed or as it was decrypted.
    pub fn document(&self) -> &[u8] {
        &self.document
    }

    /// Takes back a document that [`verify`] once gave out and that was stored in our own database since.
    pub fn from_stored(document: Vec<u8>) -> Self {
        Self { document }
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("length", &self.document.len()).finish()
    }
}

/// Answers the `GET` by which the platform checks a new webhook: the text to send back, as `text/plain`.
///
/// Fails as [`verify`] does.
pub fn handshake(
    query: &str,
    credentials: &Credentials,
    now: DateTime<Utc>,
    window: Duration,
) -> Result<String, Refusal> {
    let query = Query::parse(query)?;
    let (timestamp, nonce) = (query.require("timestamp")?, query.require("nonce")?);
    let echo = query.require("echostr")?;
    signature::check(query.require("signature")?, &[&credentials.token, timestamp, nonce])?;
    check_time(timestamp, now, window)?;
    Ok(echo.to_owned())
}

/// Proves the origin of a delivery and opens it. `query` is the raw query string, `body` the raw bytes.
///
/// A document that is not well-formed XML passes in plain mode: it is authentic, to be stored, and [`decode`] says
/// what is wrong with it. Every reason to turn a request away is a [`Refusal`].
pub fn verify(
    query: &str,
    body: &[u8],
    credentials: &Credentials,
    now: DateTime<Utc>,
    window: Duration,
) -> Result<Verified, Refusal> {
    let query = Query::parse(query)?;
    let (timestamp, nonce) = (query.require("timestamp")?, query.require("nonce")?);
    if MAX_BODY_BYTES < body.len() {
        return Err(Refusal::TooLarge);
    }
    let is_encrypted = query.find("encrypt_type") == Some("aes");
    match (&credentials.key, is_encrypted) {
        (None, true) => Err(Refusal::KeyMissing),
        (Some(_), false) => Err(Refusal::NotEncrypted),
        (None, false) => {
            signature::check(query.require("signature")?, &[&credentials.token, timestamp, nonce])?;
            check_time(timestamp, now, window)?;
            accept(body.to_vec(), credentials)
        }
        (Some(key), true) => {
            let ciphertext = ciphertext(body)?;
            let parts = [&credentials.token, timestamp, nonce, &ciphertext];
            signature::check(query.require("msg_signature")?, &parts)?;
            check_time(timestamp, now, window)?;
            accept(key.open(&ciphertext, &credentials.app_id)?, credentials)
        }
    }
}

/// Opens a raw body that [`verify`] accepted when it came and that was stored as it came.
///
/// Proves nothing about where it comes from. Fails when the credentials are not those of that day.
pub fn reopen(body: &[u8], credentials: &Credentials) -> Result<Verified, Refusal> {
    match &credentials.key {
        None => accept(body.to_vec(), credentials),
        Some(key) => accept(key.open(&ciphertext(body)?, &credentials.app_id)?, credentials),
    }
}

fn ciphertext(body: &[u8]) -> Result<String, Refusal> {
    let envelope = xml::parse(body).map_err(Refusal::Malformed)?;
    let ciphertext = envelope.value("Encrypt").ok_or(Refusal::NotEncrypted)?;
    Ok(ciphertext.to_owned())
}

fn accept(document: Vec<u8>, credentials: &Credentials) -> Result<Verified, Refusal> {
    let Some(account) = &credentials.account else { return Ok(Verified { document }) };
    let parsed = xml::parse(&document).ok();
    match parsed.as_ref().and_then(|parsed| parsed.value("ToUserName")) {
        Some(receiver) if receiver != account => Err(Refusal::WrongReceiver),
        Some(_) | None => Ok(Verified { document }),
    }
}

/// `timestamp` is signed, so it is compared only after the signature.
fn check_time(timestamp: &str, now: DateTime<Utc>, window: Duration) -> Result<(), Refusal> {
    let seconds: i64 =
        timestamp.parse().map_err(|_| Refusal::Malformed("`timestamp` is not a number"))?;
    match now.timestamp().abs_diff(seconds) <= window.as_secs() {
        true => Ok(()),
        false => Err(Refusal::Stale),
    }
}
