//! One attempt to deliver: how it may end, and when the next one is.

use std::time::Duration;

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The provider took it.
    Sent,
    /// The provider said no, or it cannot be sent at all.
    Refused {
        /// A stable reason.
        reason: &'static str,
        /// The provider's own code; 0 for none.
        code: i64,
    },
    /// It surely was not sent and may be tried again.
    NotNow {
        /// A stable reason.
        reason: &'static str,
        /// Earliest next attempt.
        retry_after: Option<Duration>,
    },
    /// Nobody knows whether it was sent.
    Doubtful {
        /// A stable reason.
        reason: &'static str,
    },
}

/// How long and how often a delivery is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    /// Pause after the first attempt; it doubles after each.
    pub(crate) first_pause: Duration,
    /// Longest pause, unless the provider asks for more.
    pub(crate) longest_pause: Duration,
    /// Age at which a delivery that never left fails.
    pub(crate) give_up_after: Duration,
}

impl RetryPolicy {
    /// The pause after `attempts` attempts. `jitter`, from 0 to 1, takes away up to half of it.
    pub(super) fn pause(&self, attempts: i32, jitter: f64) -> Duration {
        let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(20);
        let pause = self.first_pause.saturating_mul(1 << doublings).min(self.longest_pause);
        pause.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
    }
}
