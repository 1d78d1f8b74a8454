//! The platform's signatures: SHA-1 over sorted strings. Compared in constant time.

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use crate::channels::inbound::Refusal;

/// Fails unless `presented` is the hexadecimal SHA-1 of `parts`, sorted as strings and joined.
pub(super) fn check(presented: &str, parts: &[&str]) -> Result<(), Refusal> {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable();
    let digest = sorted.into_iter().fold(Sha1::new(), |hash, part| hash.chain_update(part));
    let expected = hex::encode(digest.finalize());
    match bool::from(expected.as_bytes().ct_eq(presented.as_bytes())) {
        true => Ok(()),
        false => Err(Refusal::WrongSignature),
    }
}

/// Signs a page of ours so that it may call the in-app JavaScript interface (`wx.config`).
///
/// `url` is the page's address without its fragment, as the browser shows it.
pub fn page_signature(ticket: &str, nonce: &str, timestamp: i64, url: &str) -> String {
    let page = url.split_once('#').map_or(url, |(page, _)| page);
    let signed = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}");
    hex::encode(Sha1::digest(signed))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the platform's own documentation.
    #[test]
    fn a_page_has_the_published_signature() {
        let ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";

        let signature = page_signature(
            ticket,
            "Wm3WZYTPz0wzccnW",
            1_414_587_457,
            "http://mp.weixin.qq.com?params=value#top",
        );

        assert_eq!(signature, "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
    }
}
