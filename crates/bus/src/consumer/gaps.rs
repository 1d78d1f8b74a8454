//! Notices a version of an aggregate that never came. It only counts: there is nothing to do about it here.

use std::collections::HashMap;

use bytes::Bytes;

use crate::log::Record;

/// Aggregates remembered; when there are more, all are forgotten and watched anew.
const MAX_AGGREGATES: usize = 20_000;

/// The latest version seen of each aggregate.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    latest: HashMap<Bytes, u64>,
}

impl Gaps {
    /// Looks at a record, wanted or not; tells whether versions are missing before it.
    pub(super) fn is_gap(&mut self, record: &Record) -> bool {
        let version = record
            .header("ce_version")
            .and_then(|value| std::str::from_utf8(value).ok())
            .and_then(|value| value.parse::<u64>().ok());
        let (Some(aggregate), Some(version)) = (&record.key, version) else { return false };
        if let Some(latest) = self.latest.get_mut(aggregate) {
            let is_gap = *latest + 1 < version;
            *latest = version.max(*latest);
            return is_gap;
        }
        if self.latest.len() == MAX_AGGREGATES {
            self.latest.clear();
        }
        self.latest.insert(aggregate.clone(), version);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_version_that_was_skipped_is_a_gap() {
        let mut gaps = Gaps::default();
        let mut is_gap = |version: &'static str| {
            gaps.is_gap(&Record {
                topic: "t".into(),
                key: Some(Bytes::from_static(b"contacts/1")),
                headers: vec![("ce_version".into(), Bytes::from_static(version.as_bytes()))],
                payload: None,
            })
        };

        assert_eq!(
            ["3", "4", "4", "2", "5", "7", "8"].map(&mut is_gap),
            [false, false, false, false, false, true, false]
        );
    }
}
