//! The real log behind a gate: a group gets as many records as the test lets through, so that a test can look
//! at what is in the middle.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{
    Log,
    log::{Delivered, Incoming, LogError, Partition, Position, Record, Subscription},
};
use tokio::sync::watch;

/// Opens the gate.
pub(crate) struct Gate(watch::Sender<usize>);

impl Gate {
    /// Lets everything through from now on.
    pub(crate) fn open(&self) {
        self.0.send_replace(usize::MAX);
    }
}

/// A log one group of which stands before a gate.
pub(crate) struct GatedLog {
    log: Arc<dyn Log>,
    group: &'static str,
    allowed: watch::Receiver<usize>,
}

impl GatedLog {
    /// Lets `group` have `allowed` records of the log that the returned function is given.
    pub(crate) fn before(
        group: &'static str,
        allowed: usize,
    ) -> (Gate, impl FnOnce(Arc<dyn Log>) -> Arc<dyn Log>) {
        let (gate, allowed) = watch::channel(allowed);
        let wrap = move |log| Arc::new(Self { log, group, allowed }) as Arc<dyn Log>;
        (Gate(gate), wrap)
    }
}

#[async_trait]
impl Log for GatedLog {
    fn system(&self) -> &'static str {
        self.log.system()
    }

    async fn ensure_topics(&self, topics: &[&str]) -> Result<(), LogError> {
        self.log.ensure_topics(topics).await
    }

    async fn append(&self, records: &[Record]) -> Result<(), LogError> {
        self.log.append(records).await
    }

    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Subscription>, LogError> {
        let subscription = self.log.subscribe(group, topics).await?;
        if group != self.group {
            return Ok(subscription);
        }
        Ok(Box::new(Gated { subscription, allowed: self.allowed.clone(), passed: 0 }))
    }

    async fn positions(&self, group: &str, topics: &[&str]) -> Result<Vec<Position>, LogError> {
        self.log.positions(group, topics).await
    }

    async fn read(
        &self,
        partition: &Partition,
        offset: i64,
        limit: usize,
    ) -> Result<Vec<Delivered>, LogError> {
        self.log.read(partition, offset, limit).await
    }

    async fn close(&self) {
        self.log.close().await;
    }
}

struct Gated {
    subscription: Box<dyn Subscription>,
    allowed: watch::Receiver<usize>,
    passed: usize,
}

#[async_trait]
impl Subscription for Gated {
    async fn next(&mut self) -> Result<Incoming, LogError> {
        let passed = self.passed;
        if self.allowed.wait_for(|allowed| passed < *allowed).await.is_err() {
            // The test is over, and the gate stays as it is.
            std::future::pending::<()>().await;
        }
        let incoming = self.subscription.next().await?;
        if let Incoming::Record(_) = incoming {
            self.passed += 1;
        }
        Ok(incoming)
    }

    fn pause(&mut self, partition: &Partition) {
        self.subscription.pause(partition);
    }

    fn resume(&mut self, partition: &Partition) {
        self.subscription.resume(partition);
    }

    fn store(&mut self, partition: &Partition, offset: i64) {
        self.subscription.store(partition, offset);
    }

    async fn rewind(&mut self, partition: &Partition, offset: i64) -> Result<(), LogError> {
        self.subscription.rewind(partition, offset).await
    }

    fn end(&self, partition: &Partition) -> Option<i64> {
        self.subscription.end(partition)
    }

    async fn close(self: Box<Self>) {
        self.subscription.close().await;
    }
}
