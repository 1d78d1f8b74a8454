//! The AES envelope that WeChat, WeCom and DingTalk share: 16 random bytes, a length, the message, the receiver.

use std::fmt;

use aes::cipher::{BlockDecryptMut, KeyIvInit, block_padding::NoPadding};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use subtle::ConstantTimeEq;

use super::BadCredential;
use crate::channels::inbound::Refusal;

/// The platform's own keys end in bits that a strict decoder refuses.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Random bytes before the length, and bytes of the length itself.
const RANDOM: usize = 16;
const LENGTH: usize = 4;

/// Padding runs to a multiple of 32, twice the cipher's block, so that a standard unpadder refuses half of it.
const MAX_PADDING: usize = 32;

/// Decodes base64 as the platform writes it: padded or not, canonical or not.
pub(super) fn decode_base64(raw: &str) -> Option<Vec<u8>> {
    LENIENT.decode(raw).ok()
}

/// The key of an account's encrypted webhook.
#[derive(Clone)]
pub struct AesKey([u8; 32]);

impl AesKey {
    /// Parses the `EncodingAESKey` of the console: 43 characters of base64.
    pub fn parse(raw: &str) -> Result<Self, BadCredential> {
        let problem =
            BadCredential { field: "encoding_aes_key", problem: "must be 43 characters of base64" };
        if raw.len() != 43 {
            return Err(problem);
        }
        let decoded = decode_base64(raw).ok_or(problem)?;
        decoded.try_into().map(Self).map_err(|_| problem)
    }

    /// Decrypts a message and checks that it is meant for `receiver`. Its signature must be checked before.
    pub(super) fn open(&self, ciphertext: &str, receiver: &str) -> Result<Vec<u8>, Refusal> {
        let mut buffer = decode_base64(ciphertext).ok_or(Refusal::Undecryptable("not base64"))?;
        if buffer.is_empty() {
            return Err(Refusal::Undecryptable("empty"));
        }
        let iv = self.0.first_chunk::<16>().expect("16 is less than 32");
        let framed = cbc::Decryptor::<aes::Aes256>::new(&self.0.into(), iv.into())
            .decrypt_padded_mut::<NoPadding>(&mut buffer)
            .map_err(|_| Refusal::Undecryptable("not whole blocks"))?;
        let framed = unpad(framed).ok_or(Refusal::Undecryptable("bad padding"))?;

        let short = Refusal::Undecryptable("shorter than its frame");
        let (_, framed) = framed.split_at_checked(RANDOM).ok_or(short)?;
        let (length, framed) = framed.split_first_chunk::<LENGTH>().ok_or(short)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let (message, named) = framed
            .split_at_checked(length)
            .ok_or(Refusal::Undecryptable("length exceeds the frame"))?;
        match bool::from(named.ct_eq(receiver.as_bytes())) {
            true => Ok(message.to_vec()),
            false => Err(Refusal::WrongReceiver),
        }
    }
}

impl fmt::Debug for AesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesKey(redacted)")
    }
}

fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let filler = *padded.last()?;
    let count = usize::from(filler);
    if count == 0 || MAX_PADDING < count {
        return None;
    }
    let (framed, padding) = padded.split_at_checked(padded.len().checked_sub(count)?)?;
    padding.iter().all(|byte| *byte == filler).then_some(framed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sample of the platform's own `WXBizMsgCrypt` library; its key ends in non-zero trailing bits.
    #[test]
    fn the_published_sample_opens() {
        let key = AesKey::parse("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C").unwrap();
        let ciphertext = concat!(
            "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg",
            "3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+k",
            "DZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6ti",
            "WSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p",
            "8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==",
        );

        let message = key.open(ciphertext, "wx5823bf96d3bd56c7").unwrap();

        assert!(
            String::from_utf8(message).unwrap().contains("<Content><![CDATA[hello]]></Content>")
        );
        assert_eq!(key.open(ciphertext, "wx0000000000000000"), Err(Refusal::WrongReceiver));
    }
}
