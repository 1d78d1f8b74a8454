//! Waiting for what another task brings about, instead of sleeping and hoping.

use std::{
    panic::Location,
    time::{Duration, Instant},
};

/// Long enough for a busy machine: a test that passes never waits that long.
const LIMIT: Duration = Duration::from_secs(30);

const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// An answer to "is it there yet?".
pub trait Seen {
    /// What is there once it is.
    type Value;

    /// Returns it, or `None` if one has to ask again.
    fn seen(self) -> Option<Self::Value>;
}

impl<T> Seen for Option<T> {
    type Value = T;

    fn seen(self) -> Option<T> {
        self
    }
}

impl Seen for bool {
    type Value = ();

    fn seen(self) -> Option<()> {
        self.then_some(())
    }
}

/// Asks again and again until the answer is `Some` or `true`, and returns what was found.
///
/// Panics after 30 seconds with `what`, which completes the sentence "waited for …".
#[track_caller]
pub fn eventually<Ask, Answer>(
    what: &str,
    ask: Ask,
) -> impl Future<Output = <Answer::Output as Seen>::Value>
where
    Ask: FnMut() -> Answer,
    Answer: Future,
    Answer::Output: Seen,
{
    within(LIMIT, what, ask, Location::caller())
}

async fn within<Ask, Answer>(
    limit: Duration,
    what: &str,
    mut ask: Ask,
    caller: &'static Location<'static>,
) -> <Answer::Output as Seen>::Value
where
    Ask: FnMut() -> Answer,
    Answer: Future,
    Answer::Output: Seen,
{
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        // An ask that hangs is no answer either.
        let left = limit.saturating_sub(started.elapsed());
        if let Ok(answer) = tokio::time::timeout(left, ask()).await
            && let Some(value) = answer.seen()
        {
            return value;
        }
        if limit <= started.elapsed() {
            panic!("{caller}: waited {limit:?} for {what}");
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_later_is_found() {
        let mut asked = 0;

        let found = eventually("the third answer", || {
            asked += 1;
            let answer = (asked == 3).then_some(asked);
            async move { answer }
        });

        assert_eq!(found.await, 3);
    }

    #[tokio::test]
    async fn what_is_there_costs_no_time() {
        eventually("what is there", || async { true }).await;
    }

    #[tokio::test]
    #[should_panic(expected = "waited 10ms for an answer that never comes")]
    async fn what_never_comes_is_named() {
        let limit = Duration::from_millis(10);
        let ask = std::future::pending::<bool>;

        within(limit, "an answer that never comes", ask, Location::caller()).await;
    }
}
