//! Lets go of clients of Kafka: dropping one blocks, and for as long as the cluster is away. No runtime waits for that.

use std::{ops::Deref, time::Duration};

use tokio::{sync::oneshot, time::timeout};

/// How long a client that says goodbye to its cluster is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A client that is dropped on a thread of its own, also by a future that is given up.
#[derive(Debug)]
pub(super) struct Disposable<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Disposable<T> {
    pub(super) fn new(client: T) -> Self {
        Self(Some(client))
    }

    /// Drops the client and waits for that, but not for ever: a cluster that is away must not keep a process alive.
    pub(super) async fn dispose(mut self) {
        let (done, dropped) = oneshot::channel();
        let client = self.0.take();
        std::thread::spawn(move || {
            drop(client);
            let _ = done.send(());
        });
        if timeout(PATIENCE, dropped).await.is_err() {
            tracing::warn!("left a Kafka client behind that could not say goodbye");
        }
    }
}

impl<T: Send + 'static> Deref for Disposable<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("only `dispose` and `drop` take it, and both take `self` with it")
    }
}

impl<T: Send + 'static> Drop for Disposable<T> {
    fn drop(&mut self) {
        if let Some(client) = self.0.take() {
            std::thread::spawn(move || drop(client));
        }
    }
}
