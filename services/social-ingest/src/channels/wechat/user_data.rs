//! What a mini program hands over about its user, encrypted by the platform with the session's key.

use std::fmt;

use aes::cipher::{BlockDecryptMut, KeyIvInit, block_padding::Pkcs7};
use serde::{Deserialize, Serialize};

use super::crypto::decode_base64;
use crate::channels::inbound::Refusal;

/// Longest ciphertext that is looked at; the platform's own have a few hundred bytes.
const MAX_CIPHERTEXT_BYTES: usize = 16 * 1024;

/// A user as the platform vouches for them. The union id joins them across the apps of one owner.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields carry the platform's names")]
pub struct UserData {
    pub open_id: String,
    pub union_id: Option<String>,
    pub nick_name: Option<String>,
    pub gender: Option<i64>,
    pub language: Option<String>,
    pub city: Option<String>,
    pub province: Option<String>,
    pub country: Option<String>,
    pub avatar_url: Option<String>,
    pub watermark: Watermark,
}

/// For which app, and when, the platform encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[expect(missing_docs, reason = "the fields carry the platform's names")]
pub struct Watermark {
    pub appid: String,
    pub timestamp: i64,
}

/// Personal data never reaches a log by accident.
impl fmt::Debug for UserData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserData").field("watermark", &self.watermark).finish_non_exhaustive()
    }
}

/// Decrypts what the mini program `app_id` handed over. All of `session_key`, `iv` and `data` are base64.
///
/// Fails when the key is not that of the session, or the data is of another app.
pub fn open(session_key: &str, iv: &str, data: &str, app_id: &str) -> Result<UserData, Refusal> {
    if MAX_CIPHERTEXT_BYTES < data.len() {
        return Err(Refusal::TooLarge);
    }
    let block = |raw: &str, problem| -> Result<[u8; 16], Refusal> {
        let decoded = decode_base64(raw).and_then(|bytes| bytes.try_into().ok());
        decoded.ok_or(Refusal::Malformed(problem))
    };
    let key = block(session_key, "session key is not 16 bytes of base64")?;
    let iv = block(iv, "initial vector is not 16 bytes of base64")?;
    let mut buffer = decode_base64(data).ok_or(Refusal::Undecryptable("not base64"))?;

    let plain = cbc::Decryptor::<aes::Aes128>::new(&key.into(), &iv.into())
        .decrypt_padded_mut::<Pkcs7>(&mut buffer)
        .map_err(|_| Refusal::Undecryptable("bad padding"))?;
    let user: UserData = serde_json::from_slice(plain)
        .map_err(|_| Refusal::Undecryptable("not the documented JSON"))?;
    match user.watermark.appid == app_id {
        true => Ok(user),
        false => Err(Refusal::WrongReceiver),
    }
}
