//! When a generation that is being built has caught up with the log.

use std::{collections::BTreeMap, time::Duration};

/// How far a group has come in one partition, and where the partition ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Everything before this offset is finished.
    pub stored: i64,
    /// Offset that the next appended record will get.
    pub end: i64,
}

/// Where each partition stands: by topic and number.
type Reaches = BTreeMap<(String, i32), Reach>;

/// Notes where the log ends, and sees whether a group gets there soon enough.
///
/// A log that is written to without a pause never is at its end; so the group has caught up when it has
/// reached the end as it was at most [`SOON`](Self::SOON) ago.
#[derive(Debug, Default)]
pub struct CatchUp {
    noted: Option<(Duration, Reaches)>,
}

impl CatchUp {
    /// How old a noted end may be when it is reached. Stored offsets lag behind by less.
    pub const SOON: Duration = Duration::from_secs(10);

    /// Looks at the group at the time `at`, and tells whether it has caught up.
    ///
    /// A partition that is missing, then or now, says that the log could not be seen as a whole.
    pub fn look(&mut self, now: Reaches, at: Duration) -> bool {
        let Some((noted_at, noted)) = &self.noted else {
            return self.note(now, at);
        };
        let is_reached = |(partition, then): (&(String, i32), &Reach)| {
            now.get(partition).is_some_and(|it| then.end <= it.stored)
        };
        if noted.len() != now.len() || !noted.iter().all(is_reached) {
            return false;
        }
        if at.saturating_sub(*noted_at) <= Self::SOON { true } else { self.note(now, at) }
    }

    fn note(&mut self, now: Reaches, at: Duration) -> bool {
        if !now.is_empty() {
            self.noted = Some((at, now));
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(reaches: &[(i64, i64)]) -> Reaches {
        let partitions = reaches.iter().zip(0..);
        partitions
            .map(|((stored, end), number)| {
                (("t".to_owned(), number), Reach { stored: *stored, end: *end })
            })
            .collect()
    }

    #[test]
    fn a_group_has_caught_up_when_it_soon_reaches_the_end_it_saw() {
        let second = Duration::from_secs(1);
        let mut catch_up = CatchUp::default();

        assert!(!catch_up.look(at(&[]), Duration::ZERO), "nothing is seen");
        assert!(!catch_up.look(at(&[(0, 5), (0, 0)]), second));
        assert!(!catch_up.look(at(&[(4, 9), (0, 0)]), second * 2));
        assert!(!catch_up.look(at(&[(5, 9)]), second * 3), "a partition is not seen");
        assert!(catch_up.look(at(&[(5, 9), (0, 3)]), second * 4), "new events do not matter");
    }

    #[test]
    fn an_end_that_was_reached_late_is_noted_anew() {
        let minute = Duration::from_secs(60);
        let mut catch_up = CatchUp::default();

        assert!(!catch_up.look(at(&[(0, 5)]), minute));
        assert!(!catch_up.look(at(&[(5, 9)]), minute * 2));
        assert!(!catch_up.look(at(&[(8, 9)]), minute * 3));
        assert!(!catch_up.look(at(&[(9, 9)]), minute * 4));
        assert!(catch_up.look(at(&[(9, 9)]), minute * 4 + CatchUp::SOON));
    }
}
