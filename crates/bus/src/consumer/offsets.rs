//! How far a partition is finished without a hole, whatever the order in which its events finish.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

/// The events of one partition that were taken and not yet finished.
#[derive(Debug, Default)]
pub(super) struct Offsets {
    unfinished: BTreeMap<i64, DateTime<Utc>>,
    /// Offset after the last one taken.
    next: Option<i64>,
    /// When the log took the last one taken.
    latest: DateTime<Utc>,
}

impl Offsets {
    /// Begins at `offset`, with nothing taken.
    pub(super) fn starting_at(offset: i64) -> Self {
        Self { next: Some(offset), ..Self::default() }
    }

    /// Notes an event that was taken, in the order of the partition.
    pub(super) fn take(&mut self, offset: i64, time: DateTime<Utc>) {
        self.unfinished.insert(offset, time);
        self.next = Some(offset + 1);
        self.latest = time;
    }

    /// Notes that an event is finished; returns the offset to store if that moved it.
    pub(super) fn finish(&mut self, offset: i64) -> Option<i64> {
        let before = self.position();
        self.unfinished.remove(&offset);
        let after = self.position();
        if after == before { None } else { after }
    }

    /// Everything before this is finished; `None` before the first event.
    pub(super) fn position(&self) -> Option<i64> {
        self.unfinished.keys().next().copied().or(self.next)
    }

    /// When the log took the oldest event that is not finished, or if none the last one taken.
    pub(super) fn oldest_time(&self) -> DateTime<Utc> {
        self.unfinished.values().next().copied().unwrap_or(self.latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_moves_only_over_what_is_finished_without_a_hole() {
        let mut offsets = Offsets::default();
        assert_eq!(offsets.position(), None);
        for offset in [5, 6, 9] {
            offsets.take(offset, DateTime::default());
        }

        assert_eq!(offsets.finish(6), None);
        assert_eq!(offsets.position(), Some(5));
        assert_eq!(offsets.finish(5), Some(9));
        assert_eq!(offsets.finish(9), Some(10));
        assert_eq!(offsets.finish(9), None);
    }
}
