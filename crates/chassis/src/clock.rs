//! The only reader of the wall clock, so that a test can say what time it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the time: the machine's, or one that a test moves by hand.
///
/// Clones of a fixed clock move together. Times have microseconds, as PostgreSQL stores them, so that
/// a value read back equals the value written.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// Follows the machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// Stands still at `time` until [`advance`](Self::advance) moves it.
    pub fn fixed(time: DateTime<Utc>) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(time.timestamp_micros()))))
    }

    /// The time now, in whole microseconds.
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => Utc::now().trunc_subsecs(6),
            Source::Fixed(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a fixed clock forward. The machine's clock moves by itself and ignores this.
    pub fn advance(&self, by: Duration) {
        match &self.0 {
            Source::System => (),
            Source::Fixed(micros) => {
                let step = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
                micros.fetch_add(step, Ordering::SeqCst);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told_and_its_clones_with_it() {
        let start = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let clock = Clock::fixed(start);
        let clone = clock.clone();

        clock.advance(Duration::from_millis(1_500));

        assert_eq!(clone.now() - start, chrono::TimeDelta::milliseconds(1_500));
        assert_eq!(clock.now(), clone.now());
    }

    #[test]
    fn the_system_clock_has_whole_microseconds() {
        let now = Clock::system().now();

        assert_eq!(now.timestamp_subsec_nanos() % 1_000, 0);
    }
}
