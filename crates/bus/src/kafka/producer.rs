//! The one task that hands records to the producer, so that two appends never cross.

use std::time::Duration;

use rdkafka::{
    error::{KafkaError, RDKafkaErrorCode},
    producer::{DeliveryFuture, FutureProducer, Producer},
};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};

use super::{context::QuietContext, convert, settings::KafkaSettings};
use crate::log::{LogError, Record};

/// Appends that may wait for the task.
const QUEUE: usize = 64;
/// How long to wait for a place in the producer's own queue.
const QUEUE_FULL_PAUSE: Duration = Duration::from_millis(5);
/// How long a close waits for what is in flight. Whoever appended it was not told that it is durable.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a close waits for all of it: a full queue does not empty while the cluster is away.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(8);

struct Batch {
    records: Vec<Record>,
    accepted: oneshot::Sender<Result<Vec<DeliveryFuture>, LogError>>,
}

/// Sends records in the order of the calls.
#[derive(Debug)]
pub(super) struct Sender {
    task: Mutex<Option<(mpsc::Sender<Batch>, JoinHandle<()>)>>,
}

impl Sender {
    /// Starts the task; it must be called inside a tokio runtime.
    pub(super) fn start(settings: KafkaSettings) -> Self {
        let (batches, queue) = mpsc::channel(QUEUE);
        let task = tokio::spawn(run(settings, queue));
        Self { task: Mutex::new(Some((batches, task))) }
    }

    /// Returns when the cluster has acknowledged every record, however long it is away.
    pub(super) async fn send(&self, records: Vec<Record>) -> Result<(), LogError> {
        let (accepted, answer) = oneshot::channel();
        let batches = match &*self.task.lock().await {
            Some((batches, _)) => batches.clone(),
            None => return Err(LogError::Closed),
        };
        batches.send(Batch { records, accepted }).await.map_err(|_| LogError::Closed)?;
        drop(batches);
        let deliveries = answer.await.map_err(|_| LogError::Closed)??;
        let mut outcome = Ok(());
        // All are awaited, even after a failure: none may be in flight when the caller sends again.
        for delivery in deliveries {
            match delivery.await {
                Ok(Ok(_)) => (),
                Ok(Err((error, _))) => outcome = outcome.and(Err(convert::error(&error))),
                Err(_) => outcome = outcome.and(Err(LogError::Closed)),
            }
        }
        outcome
    }

    /// Flushes, for a bounded time, and ends the task.
    pub(super) async fn close(&self) {
        let Some((batches, mut task)) = self.task.lock().await.take() else { return };
        drop(batches);
        match timeout(CLOSE_TIMEOUT, &mut task).await {
            Ok(Ok(())) => (),
            Ok(Err(_)) => tracing::error!("sender of the Kafka log panicked"),
            Err(_) => task.abort(),
        }
    }
}

async fn run(settings: KafkaSettings, mut queue: mpsc::Receiver<Batch>) {
    let mut producer: Option<FutureProducer<QuietContext>> = None;
    // An idempotent producer needs half a second to begin. A failure comes again with the first batch.
    let _ = connected(&settings, &mut producer);
    while let Some(batch) = queue.recv().await {
        // An idempotent producer that lost its place in the sequence refuses everything from then on.
        if producer.as_ref().is_some_and(|it| it.client().fatal_error().is_some()) {
            discard(producer.take()).await;
        }
        let outcome = match connected(&settings, &mut producer) {
            Ok(producer) => enqueue(&settings, producer, &batch.records).await,
            Err(error) => Err(convert::error(&error)),
        };
        // Whoever asked may be gone; what was taken is sent all the same.
        let _ = batch.accepted.send(outcome);
    }
    discard(producer).await;
}

fn connected<'a>(
    settings: &KafkaSettings,
    producer: &'a mut Option<FutureProducer<QuietContext>>,
) -> Result<&'a FutureProducer<QuietContext>, KafkaError> {
    let connected = match producer.take() {
        Some(connected) => connected,
        None => settings.producer().create_with_context(QuietContext)?,
    };
    Ok(producer.insert(connected))
}

async fn enqueue(
    settings: &KafkaSettings,
    producer: &FutureProducer<QuietContext>,
    records: &[Record],
) -> Result<Vec<DeliveryFuture>, LogError> {
    let mut deliveries = Vec::with_capacity(records.len());
    for record in records {
        let topic = settings.outside(&record.topic);
        loop {
            match producer.send_result(convert::outgoing(&topic, record)) {
                Ok(delivery) => {
                    deliveries.push(delivery);
                    break;
                }
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                    tokio::time::sleep(QUEUE_FULL_PAUSE).await;
                }
                Err((error, _)) => return Err(convert::error(&error)),
            }
        }
    }
    Ok(deliveries)
}

/// Flushing and dropping block, so both happen off the runtime.
async fn discard(producer: Option<FutureProducer<QuietContext>>) {
    let Some(producer) = producer else { return };
    let discarded = tokio::task::spawn_blocking(move || {
        if let Err(error) = producer.flush(FLUSH_TIMEOUT) {
            tracing::warn!(%error, "left records unsent; they stay in the outbox");
        }
    });
    let _ = discarded.await;
}
