//! The provider's side of a webhook: signs, encrypts and wraps what a user did.

use aes::cipher::{BlockEncryptMut, KeyIvInit, block_padding::NoPadding};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose},
};
use rand::RngExt;
use sha1::{Digest, Sha1};

/// How much of a push is encrypted: a setting of the account in the provider's console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Plain,
    /// The plain fields and the ciphertext, side by side.
    Mixed,
    /// Everything but the account's id.
    Safe,
}

/// One push, ready to be posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// What stands after the `?`.
    pub query: String,
    /// The `text/xml` body.
    pub body: String,
}

/// The secrets that an account and its webhook share.
#[derive(Clone, Debug)]
pub struct WebhookSigner {
    /// The token of the webhook's settings; it goes into every signature.
    pub token: String,
    /// The 43 characters of the webhook's settings.
    pub encoding_aes_key: String,
    /// The receiver that is named inside the ciphertext.
    pub app_id: String,
}

impl WebhookSigner {
    /// A signer with secrets of its own making.
    pub fn generate(app_id: &str) -> Self {
        Self { token: letters(16), encoding_aes_key: letters(43), app_id: app_id.to_owned() }
    }

    /// The query of the `GET` by which the provider checks a new webhook.
    pub fn handshake(&self, at: i64, echo: &str) -> String {
        let nonce = nonce();
        let signature = self.sign(&[&at.to_string(), &nonce]);
        format!("signature={signature}&timestamp={at}&nonce={nonce}&echostr={}", escape(echo))
    }

    /// Pushes a document (see [`super::Payload::xml`]) at a time, in seconds since 1970.
    pub fn deliver(&self, mode: Mode, xml: &str, at: i64) -> Webhook {
        match mode {
            Mode::Plain => {
                let nonce = nonce();
                let signature = self.sign(&[&at.to_string(), &nonce]);
                let query = format!("signature={signature}&timestamp={at}&nonce={nonce}");
                Webhook { query, body: xml.to_owned() }
            }
            Mode::Mixed => {
                let ciphertext = self.encrypt(xml);
                let encrypted = format!("<Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>");
                let body = xml.trim_end().trim_end_matches("</xml>").to_owned() + &encrypted;
                Webhook { query: self.query_of(&ciphertext, at), body }
            }
            Mode::Safe => self.deliver_ciphertext(&self.encrypt(xml), at),
        }
    }

    /// Pushes a ciphertext as it stands, rightly signed, whatever is in it.
    pub fn deliver_ciphertext(&self, ciphertext: &str, at: i64) -> Webhook {
        let body = format!(
            "<xml><ToUserName><![CDATA[gh_emulated]]></ToUserName><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>"
        );
        Webhook { query: self.query_of(ciphertext, at), body }
    }

    /// Encrypts a document for [`WebhookSigner::app_id`].
    pub fn encrypt(&self, message: &str) -> String {
        let mut random = [0; 16];
        rand::rng().fill(&mut random);
        self.encrypt_blocks(&pad(frame(random, message.as_bytes(), &self.app_id)))
    }

    /// Encrypts blocks as they stand: with [`frame`](Self::frame) and [`pad`](Self::pad), whatever a test wants to spoil.
    ///
    /// Panics unless the length is a multiple of 16 and the key is 43 characters of base64.
    pub fn encrypt_blocks(&self, blocks: &[u8]) -> String {
        let lenient = GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let decoded = GeneralPurpose::new(&STANDARD, lenient).decode(&self.encoding_aes_key);
        let key: [u8; 32] = decoded
            .ok()
            .and_then(|key| key.try_into().ok())
            .expect("an encoding key is 43 characters of base64");

        let cipher = cbc::Encryptor::<aes::Aes256>::new(&key.into(), key[..16].into());
        let mut buffer = blocks.to_vec();
        let encrypted = cipher
            .encrypt_padded_mut::<NoPadding>(&mut buffer, blocks.len())
            .expect("the blocks are whole");
        general_purpose::STANDARD.encode(encrypted)
    }

    /// What is encrypted, before padding: 16 random bytes, the length, the message, the receiver.
    pub fn frame(random: [u8; 16], message: &[u8], receiver: &str) -> Vec<u8> {
        frame(random, message, receiver)
    }

    /// Pads to a multiple of 32 with the padding's length.
    pub fn pad(framed: Vec<u8>) -> Vec<u8> {
        pad(framed)
    }

    /// The signature over the token and `parts`, sorted as strings.
    pub fn sign(&self, parts: &[&str]) -> String {
        let mut all = vec![self.token.as_str()];
        all.extend_from_slice(parts);
        all.sort_unstable();
        hex::encode(Sha1::digest(all.concat()))
    }

    fn query_of(&self, ciphertext: &str, at: i64) -> String {
        let (nonce, at) = (nonce(), at.to_string());
        let signature = self.sign(&[&at, &nonce]);
        let msg_signature = self.sign(&[&at, &nonce, ciphertext]);
        format!(
            "signature={signature}&timestamp={at}&nonce={nonce}&encrypt_type=aes&msg_signature={msg_signature}"
        )
    }
}

fn frame(random: [u8; 16], message: &[u8], receiver: &str) -> Vec<u8> {
    let length = u32::try_from(message.len()).expect("a message is far shorter than 4 GiB");
    [&random[..], &length.to_be_bytes(), message, receiver.as_bytes()].concat()
}

fn pad(mut framed: Vec<u8>) -> Vec<u8> {
    let missing = 32 - framed.len() % 32;
    let filler = u8::try_from(missing).expect("at most 32");
    framed.resize(framed.len() + missing, filler);
    framed
}

fn nonce() -> String {
    rand::rng().random_range(100_000_000..2_000_000_000u32).to_string()
}

fn letters(count: usize) -> String {
    let letters = rand::rng().sample_iter(rand::distr::Alphanumeric).take(count);
    letters.map(char::from).collect()
}

fn escape(raw: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    raw.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published with fixed randomness by open-source clients of this API.
    #[test]
    fn a_fixed_message_encrypts_to_the_published_ciphertext() {
        let signer = WebhookSigner {
            token: String::new(),
            encoding_aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".to_owned(),
            app_id: "wxb11529c136998cb6".to_owned(),
        };

        let framed = frame(*b"aaaabbbbccccdddd", "我是中文abcd123".as_bytes(), &signer.app_id);
        let ciphertext = signer.encrypt_blocks(&pad(framed));

        assert_eq!(
            ciphertext,
            "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="
        );
    }

    /// From the provider's guide to checking a webhook's address.
    #[test]
    fn a_fixed_query_has_the_published_signature() {
        let signer = WebhookSigner { token: "test".to_owned(), ..WebhookSigner::generate("wx-1") };

        assert_eq!(
            signer.sign(&["1410685589", "test"]),
            "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff"
        );
    }
}
