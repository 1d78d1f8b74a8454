//! One limit on the requests worked on at once, which shrinks while answers are slow and grows while they are not.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use opentelemetry::KeyValue;
use tokio::time::Instant;

use super::AdmissionArgs;
use crate::{
    refusal::Refusal,
    telemetry::{metrics::metrics, names},
};

/// Where the limit starts, if its bounds allow.
const INITIAL: usize = 128;

/// What is left of the limit after a slow window.
const BACKOFF: f64 = 0.9;

/// Longest window over which answers are judged.
const WINDOW: Duration = Duration::from_millis(100);

/// Fewest answers that make a window.
const MIN_SAMPLES: usize = 10;

/// Counts the requests in progress and adapts how many there may be: additive increase, multiplicative decrease.
pub(super) struct Admission {
    bounds: AdmissionArgs,
    service: &'static str,
    in_flight: AtomicUsize,
    limit: AtomicUsize,
    window: Mutex<Window>,
}

struct Window {
    opened: Instant,
    answers: usize,
    slow: usize,
    is_full: bool,
}

impl Window {
    fn open() -> Self {
        Self { opened: Instant::now(), answers: 0, slow: 0, is_full: false }
    }
}

impl Admission {
    pub(super) fn new(service: &'static str, bounds: &AdmissionArgs) -> Arc<Self> {
        let least = bounds.admission_min_concurrency.max(1);
        let most = bounds.admission_max_concurrency.max(least);
        let limit = AtomicUsize::new(INITIAL.clamp(least, most));
        Arc::new(Self {
            bounds: AdmissionArgs {
                admission_min_concurrency: least,
                admission_max_concurrency: most,
                ..bounds.clone()
            },
            service,
            in_flight: AtomicUsize::new(0),
            limit,
            window: Mutex::new(Window::open()),
        })
    }

    /// Lets a request in, or refuses it at once: waiting in line would only make everyone late.
    pub(super) fn admit(self: &Arc<Self>) -> Result<Permit, Refusal> {
        let limit = self.limit.load(Ordering::Relaxed);
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let permit = Permit { admission: self.clone(), admitted: Instant::now() };
        if limit <= before {
            drop(permit);
            self.window().is_full = true;
            metrics().admission_shed.add(1, &[KeyValue::new(names::KITH_SERVICE, self.service)]);
            return Err(Refusal::Overloaded { retry_after: self.retry_after() });
        }
        Ok(permit)
    }

    /// Spread over the time a full server needs to empty, so that those refused do not return together.
    fn retry_after(&self) -> Duration {
        self.bounds.admission_target_latency.mul_f64(rand::random_range(0.5..1.5))
    }

    fn answered(&self, took: Duration) {
        let mut window = self.window();
        window.answers += 1;
        if self.bounds.admission_target_latency < took {
            window.slow += 1;
        }
        let is_over = MIN_SAMPLES <= window.answers && WINDOW <= window.opened.elapsed();
        if is_over {
            let limit = self.limit.load(Ordering::Relaxed);
            let next = self.adapted(limit, &window);
            self.limit.store(next, Ordering::Relaxed);
            *window = Window::open();
            let attributes = [KeyValue::new(names::KITH_SERVICE, self.service)];
            metrics().admission_limit.record(next as u64, &attributes);
        }
    }

    /// The limit grows only when it was reached: growth without need would hide a later overload.
    fn adapted(&self, limit: usize, window: &Window) -> usize {
        let is_slow = window.answers < window.slow * 2;
        let next = match (is_slow, window.is_full) {
            (true, _) => (limit as f64 * BACKOFF) as usize,
            (false, true) => limit + (limit / 16).max(1),
            (false, false) => limit,
        };
        next.clamp(self.bounds.admission_min_concurrency, self.bounds.admission_max_concurrency)
    }

    /// No code panics while it holds the lock, and a window is usable after any of its steps.
    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the requests in progress, given back when dropped.
pub(super) struct Permit {
    admission: Arc<Admission>,
    admitted: Instant,
}

impl Permit {
    /// Gives the place back and tells how long the answer took. A request given up by its caller tells nothing.
    pub(super) fn answered(self) {
        self.admission.answered(self.admitted.elapsed());
    }

    /// Gives the place back of a request that was not answered in time, which is slow whatever that time was.
    pub(super) fn overran(self) {
        self.admission.answered(Duration::MAX);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.admission.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(least: usize, most: usize) -> Arc<Admission> {
        let bounds = AdmissionArgs {
            admission_target_latency: Duration::from_millis(100),
            admission_min_concurrency: least,
            admission_max_concurrency: most,
        };
        Admission::new("it", &bounds)
    }

    /// Ends a window in which every answer took `took`.
    async fn window(admission: &Arc<Admission>, took: Duration) {
        for _ in 0..MIN_SAMPLES {
            admission.answered(took);
        }
        tokio::time::advance(WINDOW).await;
        admission.answered(took);
    }

    #[tokio::test(start_paused = true)]
    async fn slow_answers_shrink_the_limit_to_its_least() {
        let admission = admission(4, 64);

        for _ in 0..100 {
            window(&admission, Duration::from_secs(1)).await;
        }

        assert_eq!(admission.limit.load(Ordering::Relaxed), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_is_reached_grows_while_answers_are_fast() {
        let admission = admission(1, 256);
        window(&admission, Duration::from_millis(1)).await;
        assert_eq!(admission.limit.load(Ordering::Relaxed), INITIAL);

        for _ in 0..100 {
            admission.window().is_full = true;
            window(&admission, Duration::from_millis(1)).await;
        }

        assert_eq!(admission.limit.load(Ordering::Relaxed), 256);
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_is_given_back() {
        let admission = admission(1, 1);
        let first = admission.admit().ok().unwrap();
        assert!(matches!(admission.admit(), Err(Refusal::Overloaded { .. })));

        first.answered();

        assert!(admission.admit().is_ok());
    }
}
