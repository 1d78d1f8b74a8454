//! Retries are earned by calls: when most calls fail, repeating them would only add to the load.

use std::sync::atomic::{AtomicU64, Ordering};

/// What one retry costs.
const PRICE: u64 = 100;

/// Counts hundredths of a retry.
pub(super) struct Budget {
    most: u64,
    earned_by_call: u64,
    saved: AtomicU64,
}

impl Budget {
    /// Starts with `reserve` retries, which is also the most that are saved; each call earns `percent` of one.
    pub(super) fn new(reserve: u32, percent: u32) -> Self {
        let most = u64::from(reserve) * PRICE;
        Self { most, earned_by_call: u64::from(percent), saved: AtomicU64::new(most) }
    }

    /// Notes a call.
    pub(super) fn earn(&self) {
        self.change(|saved| Some((saved + self.earned_by_call).min(self.most)));
    }

    /// Pays for a retry, or returns `false` when the budget is spent.
    pub(super) fn spend(&self) -> bool {
        self.change(|saved| saved.checked_sub(PRICE))
    }

    fn change(&self, change: impl FnMut(u64) -> Option<u64>) -> bool {
        self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_calls_earn_a_retry_once_the_reserve_is_spent() {
        let budget = Budget::new(2, 10);
        assert!(budget.spend() && budget.spend());
        assert!(!budget.spend());

        (0..9).for_each(|_| budget.earn());
        assert!(!budget.spend());
        budget.earn();

        assert!(budget.spend());
        assert!(!budget.spend());
    }

    #[test]
    fn no_more_than_the_reserve_is_saved() {
        let budget = Budget::new(1, 100);

        (0..1_000).for_each(|_| budget.earn());

        assert!(budget.spend());
        assert!(!budget.spend());
    }
}
