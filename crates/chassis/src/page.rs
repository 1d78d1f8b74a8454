//! Pages: how many items a list call returns, and the sealed token that continues it (AIP-158).

mod lists;
mod sealer;

use sha2::{Digest, Sha256};

pub use lists::{BadPage, Listing, Lists, Page, PageRequest, Place};
pub use sealer::{BadPageToken, PageArgs, PageSealer};

use crate::malformed::Malformed;

/// How many items a page has when the caller does not say.
const USUAL: u32 = 50;

/// How many items to return for a requested `page_size`: the usual number for 0, at most `max`.
///
/// A negative number is malformed; one that is too large is lowered, as AIP-158 asks.
pub fn page_size(requested: i32, max: u32) -> Result<u32, Malformed> {
    match u32::try_from(requested) {
        Ok(0) => Ok(USUAL.min(max)),
        Ok(size) => Ok(size.min(max)),
        Err(_) => Err(Malformed("must not be negative")),
    }
}

/// Hashes what a list call is about (method, parent, filter, order): a token continues only the same.
///
/// `page_size` stays out, because a caller may change it from page to page.
pub fn scope(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_size_is_never_more_than_allowed() {
        #[track_caller]
        fn check(requested: i32, max: u32, expected: Option<u32>) {
            assert_eq!(page_size(requested, max).ok(), expected);
        }

        check(0, 200, Some(50));
        check(0, 20, Some(20));
        check(10, 200, Some(10));
        check(i32::MAX, 200, Some(200));
        check(-1, 200, None);
    }

    #[test]
    fn the_parts_of_a_scope_do_not_run_together() {
        assert_ne!(scope(&["ab", "c"]), scope(&["a", "bc"]));
        assert_ne!(scope(&["ab"]), scope(&["ab", ""]));
    }
}
