//! Publishes the outbox: reads what waits, appends it to the log, deletes it once that is durable.

mod lease;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use chassis::{
    database::{Database, DbFailure},
    telemetry::{context, metrics::metrics, names},
};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{
    codec,
    log::{Log, LogError, Record},
    outbox::{self, Unsent},
};
use lease::Lease;

/// Rows and bytes of one batch, so that a long outbox does not fill the memory.
const BATCH_ROWS: usize = 500;
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// How soon to look again: at once after work, ever more slowly without. A commit in this process
/// wakes the relay by itself; looking finds what other processes commit.
const FASTEST: Duration = Duration::from_millis(5);
const SLOWEST: Duration = Duration::from_secs(1);
/// Longest wait after failures.
const BACKOFF: Duration = Duration::from_secs(5);
/// How long a batch may take to end after the stop signal. What is not deleted is published again.
const STOP_GRACE: Duration = Duration::from_secs(3);
/// How often the outbox is measured.
const MEASURE_EVERY: Duration = Duration::from_secs(15);
/// Links a span keeps.
const MAX_LINKS: usize = 64;

/// What one look at the outbox came to.
enum Step {
    Published(usize),
    Empty,
    /// Another relay holds the lease.
    Standby,
}

/// Why a look at the outbox failed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("outbox: {0}")]
    Database(#[source] DbFailure),
    #[error(transparent)]
    Log(#[from] LogError),
}

impl From<sea_orm::DbErr> for Trouble {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.into())
    }
}

/// Publishes until `stop`, then gives the lease back. Outages are waited out.
pub async fn run(db: Database, log: Arc<dyn Log>, stop: CancellationToken) -> anyhow::Result<()> {
    let committed = db.committed();
    if let Err(error) = Lease::end_killed(&db).await {
        tracing::debug!(error = %DbFailure::from(error), "an earlier lease is waited out");
    }
    let mut relay = Relay::new(db, log);
    let mut pause = FASTEST;
    let mut is_failing = false;
    let mut measured: Option<Instant> = None;
    while !stop.is_cancelled() {
        if measured.is_none_or(|at| MEASURE_EVERY <= at.elapsed()) {
            measured = Some(Instant::now());
            relay.measure().await;
        }
        let outcome = stopping(relay.step(), &stop).await;
        match outcome {
            None => break,
            Some(Ok(Step::Published(_))) => {
                pause = FASTEST;
                is_failing = false;
                continue;
            }
            Some(Ok(Step::Empty)) => is_failing = false,
            Some(Ok(Step::Standby)) => pause = SLOWEST,
            Some(Err(trouble)) => {
                if !is_failing {
                    tracing::warn!(error = %trouble, "cannot publish, events wait in the outbox");
                }
                is_failing = true;
            }
        }
        tokio::select! {
            () = stop.cancelled() => (),
            () = committed.notified() => pause = FASTEST,
            () = sleep(pause) => {
                pause = (pause * 2).min(if is_failing { BACKOFF } else { SLOWEST });
            }
        }
    }
    relay.release().await;
    Ok(())
}

/// Publishes everything that is in the outbox now and returns how many events that were.
///
/// For tests, which drive the work instead of waiting for it.
pub async fn drain(db: &Database, log: &Arc<dyn Log>) -> anyhow::Result<usize> {
    let mut relay = Relay::new(db.clone(), Arc::clone(log));
    let mut published = 0;
    loop {
        match relay.step().await.context("publish outbox")? {
            Step::Published(events) => published += events,
            Step::Empty => break,
            Step::Standby => sleep(FASTEST).await,
        }
    }
    relay.release().await;
    Ok(published)
}

/// Runs `step` to its end, or for a bounded time once told to stop; `None` if that was too long.
async fn stopping<T>(step: impl Future<Output = T>, stop: &CancellationToken) -> Option<T> {
    tokio::pin!(step);
    tokio::select! {
        outcome = &mut step => Some(outcome),
        () = stop.cancelled() => timeout(STOP_GRACE, step).await.ok(),
    }
}

struct Relay {
    db: Database,
    log: Arc<dyn Log>,
    lease: Lease,
}

impl Relay {
    fn new(db: Database, log: Arc<dyn Log>) -> Self {
        Self { db, log, lease: Lease::unheld() }
    }

    /// Publishes one batch.
    async fn step(&mut self) -> Result<Step, Trouble> {
        let unsent = self.unsent().await?;
        if unsent.is_empty() {
            return Ok(Step::Empty);
        }
        if !self.lease.is_safe() {
            if !self.lease.take(&self.db).await? {
                return Ok(Step::Standby);
            }
            // What was read before the lease was held may have been published by another since.
            return Ok(Step::Published(0));
        }
        let read = Instant::now();
        if !self.send(&unsent).await? {
            return Ok(Step::Standby);
        }
        let deleted = self.delete(&unsent).await?;
        for row in &unsent {
            let waited = Duration::from_millis(u64::try_from(row.age_ms).unwrap_or(0));
            metrics().outbox_publish_duration.record((waited + read.elapsed()).as_secs_f64(), &[]);
        }
        Ok(if deleted { Step::Published(unsent.len()) } else { Step::Standby })
    }

    async fn unsent(&self) -> Result<Vec<Unsent>, sea_orm::DbErr> {
        let txn = self.db.read_system().await?;
        outbox::unsent(&txn, BATCH_ROWS, BATCH_BYTES).await
    }

    /// Appends a batch, and keeps the lease for as long as the log takes; `false` if the lease is lost.
    async fn send(&mut self, unsent: &[Unsent]) -> Result<bool, LogError> {
        let records: Vec<Record> = unsent
            .iter()
            .map(|row| codec::encode(row.message.clone(), row.traceparent.as_deref()))
            .collect();
        let span = span(&*self.log, unsent);
        let append = self.log.append(&records).instrument(span);
        tokio::pin!(append);
        loop {
            tokio::select! {
                appended = &mut append => return appended.map(|()| true),
                () = sleep(Lease::RENEW_AFTER) => {
                    // A database that is away cannot give the lease to another either.
                    if let Ok(false) = self.lease.renew(&self.db).await {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// Deletes a published batch, unless another relay has taken over since; says whether it did.
    async fn delete(&mut self, sent: &[Unsent]) -> Result<bool, sea_orm::DbErr> {
        let positions: Vec<i64> = sent.iter().map(|row| row.position).collect();
        let txn = self.db.begin_system().await?;
        let is_owner = self.lease.delete_sent(&txn, &positions).await?;
        txn.commit().await?;
        if !is_owner {
            tracing::warn!("another relay took over, deleted nothing");
            self.lease = Lease::unheld();
        }
        Ok(is_owner)
    }

    async fn release(&self) {
        // It expires by itself; giving it back only spares the next relay the wait.
        let _ = timeout(STOP_GRACE, self.lease.release(&self.db)).await;
    }

    async fn measure(&self) {
        let depth = async {
            let txn = self.db.read_system().await?;
            outbox::depth(&txn).await
        };
        if let Ok(depth) = depth.await {
            let oldest_age = Duration::from_millis(depth.oldest_age_ms);
            metrics().outbox_depth.record(depth.events, &[]);
            metrics().outbox_oldest_age.record(oldest_age.as_secs_f64(), &[]);
        }
    }
}

/// The span of a batch: a trace of its own, linked to the command of each event.
fn span(log: &dyn Log, unsent: &[Unsent]) -> Span {
    let topic = unsent.first().map_or("", |row| row.message.topic.as_str());
    let span = tracing::info_span!(
        parent: None,
        "send",
        otel.name = format!("send {topic}"),
        otel.kind = "producer",
    );
    span.set_attribute(names::MESSAGING_SYSTEM, log.system());
    span.set_attribute(names::MESSAGING_OPERATION_NAME, "send");
    span.set_attribute(names::MESSAGING_OPERATION_TYPE, "send");
    span.set_attribute(names::MESSAGING_DESTINATION_NAME, topic.to_owned());
    let count = i64::try_from(unsent.len()).unwrap_or(i64::MAX);
    span.set_attribute(names::MESSAGING_BATCH_MESSAGE_COUNT, count);
    let causes = unsent.iter().filter_map(|row| row.traceparent.as_deref());
    for traceparent in causes.take(MAX_LINKS) {
        context::link_to(&span, traceparent);
    }
    span
}
