//! Signals "something was committed" to each waiter separately, so that none takes another's.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

/// Every waiter that is still there.
#[derive(Debug, Default)]
pub(crate) struct Wakeups {
    waiters: Mutex<Vec<Weak<Notify>>>,
}

impl Wakeups {
    /// Adds a waiter. It is forgotten when the caller drops it.
    pub(super) fn subscribe(&self) -> Arc<Notify> {
        let waiter = Arc::new(Notify::new());
        let mut waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        waiters.retain(|waiter| waiter.strong_count() != 0);
        waiters.push(Arc::downgrade(&waiter));
        waiter
    }

    /// Wakes every waiter; one that is busy finds the signal when it waits next.
    pub(crate) fn wake(&self) {
        let waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        for waiter in waiters.iter().filter_map(Weak::upgrade) {
            waiter.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wakeup_reaches_every_waiter_even_one_that_was_busy() {
        let wakeups = Wakeups::default();
        let (first, second) = (wakeups.subscribe(), wakeups.subscribe());

        wakeups.wake();

        first.notified().await;
        second.notified().await;
    }
}
