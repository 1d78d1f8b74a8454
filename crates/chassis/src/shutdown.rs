//! The stop signal of a process: the first request to stop drains it, a second one ends it at once.

use std::pin::Pin;

use futures::future::join_all;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Exit code of a process that was told to stop twice: 128 + SIGINT.
const IMPATIENT: i32 = 130;

/// One part of a service: what it does until it is told to stop.
pub type Part<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send + 'a>>;

/// Runs the parts of a service until all have ended, and returns the first error.
///
/// A part that fails tells the others to stop. They finish what they began: none is dropped in the middle of it.
pub async fn together<'a>(
    stop: &CancellationToken,
    parts: impl IntoIterator<Item = Part<'a>>,
) -> anyhow::Result<()> {
    let stopping = parts.into_iter().map(|part| async {
        let outcome = part.await;
        stop.cancel();
        outcome
    });
    join_all(stopping).await.into_iter().collect()
}

/// Returns a token that is cancelled by SIGTERM or SIGINT. It must be called inside a tokio runtime.
///
/// A second signal exits the process without draining, for the person who will not wait.
pub fn on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    // Registered before the task runs, so that a signal right after the start is not lost.
    let mut terminate = listen(SignalKind::terminate());
    let mut interrupt = listen(SignalKind::interrupt());

    let announced = stop.clone();
    tokio::spawn(async move {
        either(&mut terminate, &mut interrupt).await;
        tracing::info!("stopping: finishing what is in flight");
        announced.cancel();
        either(&mut terminate, &mut interrupt).await;
        std::process::exit(IMPATIENT);
    });
    stop
}

fn listen(kind: SignalKind) -> Option<Signal> {
    match signal(kind) {
        Ok(listening) => Some(listening),
        Err(error) => {
            tracing::error!(%error, "cannot listen for a stop signal");
            None
        }
    }
}

async fn either(first: &mut Option<Signal>, second: &mut Option<Signal>) {
    tokio::select! {
        () = next(first) => (),
        () = next(second) => (),
    }
}

async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(listening) => {
            listening.recv().await;
        }
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_part_that_fails_stops_the_others_and_lets_them_finish() {
        let stop = CancellationToken::new();
        let is_finished = AtomicBool::new(false);
        let patient: Part<'_> = Box::pin(async {
            stop.cancelled().await;
            tokio::task::yield_now().await;
            is_finished.store(true, Ordering::Relaxed);
            Ok(())
        });
        let failing: Part<'_> = Box::pin(async { anyhow::bail!("no disk") });

        let outcome = together(&stop, [patient, failing]).await;

        assert_eq!(outcome.unwrap_err().to_string(), "no disk");
        assert!(is_finished.load(Ordering::Relaxed));
    }
}
