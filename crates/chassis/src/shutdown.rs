//! The stop signal of a process: the first request to stop drains it, a second one ends it at once.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Exit code of a process that was told to stop twice: 128 + SIGINT.
const IMPATIENT: i32 = 130;

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
