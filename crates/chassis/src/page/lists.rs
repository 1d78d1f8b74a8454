//! Lists read page by page: how many rows to read, from which on, and the token of the next page.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{BadPageToken, PageSealer, page_size, scope};
use crate::{malformed::Malformed, tenant::TenantId};

/// What a caller asks of a list.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// How many items at most; 0 for the usual number.
    pub size: i32,
    /// Where to go on; empty for the beginning.
    pub token: String,
}

/// A page, and the token of the next if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Empty on the last page.
    pub next_token: String,
}

/// The row a page ended with, for lists in order of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its time.
    pub time: DateTime<Utc>,
    /// Its id, which tells rows of one time apart.
    pub id: Uuid,
}

/// Why a page cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPage {
    /// The size has not its shape.
    #[error("`page_size` {0}")]
    Size(Malformed),
    /// The token does not continue this list.
    #[error(transparent)]
    Token(#[from] BadPageToken),
}

/// Makes and reads the pages of every list of a service.
#[derive(Clone, Debug)]
pub struct Lists {
    sealer: PageSealer,
    max_page_size: u32,
}

/// One page being read: from where and how many. `P` is what a row is found again by.
#[derive(Clone, Debug)]
pub struct Listing<P = Place> {
    tenant: TenantId,
    scope: [u8; 32],
    size: usize,
    /// The last row of the page before.
    pub after: Option<P>,
}

impl Lists {
    /// Takes what seals the tokens, and the most items of a page.
    pub fn new(sealer: PageSealer, max_page_size: u32) -> Self {
        Self { sealer, max_page_size }
    }

    /// Begins a page of the list that `parts` describe: its name, its parent, its filter.
    ///
    /// Fails if the size is negative, or if the token belongs to another tenant or list.
    pub fn begin<P: DeserializeOwned>(
        &self,
        tenant: TenantId,
        parts: &[&str],
        request: &PageRequest,
    ) -> Result<Listing<P>, BadPage> {
        let size = page_size(request.size, self.max_page_size).map_err(BadPage::Size)?;
        let scope = scope(parts);
        let after = match request.token.as_str() {
            "" => None,
            token => Some(self.sealer.open(tenant, scope, token)?),
        };
        Ok(Listing { tenant, scope, size: size as usize, after })
    }

    /// Cuts what was read to the page's size and seals where the next page begins.
    pub fn end<T, P: Serialize>(
        &self,
        listing: &Listing<P>,
        mut items: Vec<T>,
        place: impl Fn(&T) -> P,
    ) -> Page<T> {
        let has_more = listing.size < items.len();
        items.truncate(listing.size);
        let next_token = match items.last() {
            Some(last) if has_more => self.sealer.seal(listing.tenant, listing.scope, &place(last)),
            Some(_) | None => String::new(),
        };
        Page { items, next_token }
    }
}

impl<P> Listing<P> {
    /// How many rows to read: one more than the page holds, to learn whether another page follows.
    pub fn limit(&self) -> u64 {
        self.size as u64 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_to_the_end_and_nobody_elses() {
        let lists = Lists::new(PageSealer::random(), 200);
        let (ours, theirs) = (TenantId::new(Uuid::from_u128(1)), TenantId::new(Uuid::from_u128(2)));
        let first = PageRequest { size: 2, token: String::new() };

        let listing = lists.begin::<u32>(ours, &["things"], &first).unwrap();
        assert_eq!(listing.limit(), 3);
        let page = lists.end(&listing, vec![1, 2, 3], |item| *item);
        assert_eq!(page.items, [1, 2]);

        let next = PageRequest { size: 2, token: page.next_token };
        assert_eq!(lists.begin::<u32>(ours, &["things"], &next).unwrap().after, Some(2));
        assert!(lists.begin::<u32>(theirs, &["things"], &next).is_err());
        assert!(lists.begin::<u32>(ours, &["others"], &next).is_err());

        let last = lists.end(&listing, vec![3], |item| *item);
        assert_eq!(last.next_token, "");
    }
}
