//! One event through one handler: fetch, claim, effect, commit; or why not, and what follows from that.

use std::{panic::AssertUnwindSafe, sync::Arc};

use chassis::{
    clock::Clock,
    database::Database,
    telemetry::{context, metrics::metrics, names},
};
use futures::FutureExt;
use opentelemetry::KeyValue;
use tokio::time::Instant;
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{
    handler::{ErasedHandler, service},
    inbox::{self, Claimant, Standing},
    lanes::Work,
};
use crate::{
    codec, dead,
    failure::Failure,
    log::{Log, LogError},
    message::Envelope,
    parked::store,
};

/// How often an event may fail before its key is parked.
pub(super) const TRIES: u32 = 5;

/// What every event of a group is handled with.
pub(super) struct Workshop {
    pub(super) db: Database,
    pub(super) log: Arc<dyn Log>,
    pub(super) handler: Arc<dyn ErasedHandler>,
    pub(super) clock: Clock,
}

/// How the handling of an event ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Its effect is committed now.
    Applied,
    /// Its effect was committed before.
    Duplicate,
    /// It waits in the database for a redrive.
    Parked,
    /// It lies in the dead-letter topic.
    Dead,
    /// It failed and has tries left.
    Failed(String),
    /// Something it needs is away.
    Outage(String),
    /// A replay began, so this reading of the partition is over.
    Fenced,
}

impl Outcome {
    fn name(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Duplicate => "duplicate",
            Self::Parked => "parked",
            Self::Dead => "dead",
            Self::Failed(_) => "failed",
            Self::Outage(_) => "outage",
            Self::Fenced => "fenced",
        }
    }
}

/// Handles one event, once. Never panics, whatever the handler does.
pub(super) async fn process(shop: &Workshop, work: &Work, generation: i64) -> Outcome {
    let started = Instant::now();
    let group = shop.handler.erased_group();
    let outcome = match codec::decode(&work.delivered) {
        Ok(event) => {
            let span = span(shop, &event);
            let claimant = Claimant { group, generation };
            let outcome = handle(shop, work, claimant, &event).instrument(span.clone()).await;
            span.set_attribute(names::KITH_EVENT_OUTCOME, outcome.name());
            outcome
        }
        Err(failure) => match bury(shop, work, failure.reason()).await {
            Ok(()) => Outcome::Dead,
            Err(error) => Outcome::Outage(error.to_string()),
        },
    };
    let group = [KeyValue::new(names::MESSAGING_CONSUMER_GROUP_NAME, group.to_owned())];
    let seconds = started.elapsed().as_secs_f64();
    metrics().consumer_process_duration.record(seconds, &group);
    match outcome {
        Outcome::Duplicate => metrics().consumer_duplicates.add(1, &group),
        Outcome::Dead => metrics().consumer_dead_letters.add(1, &group),
        Outcome::Applied
        | Outcome::Parked
        | Outcome::Failed(_)
        | Outcome::Outage(_)
        | Outcome::Fenced => (),
    }
    outcome
}

async fn handle(shop: &Workshop, work: &Work, claimant: Claimant<'_>, event: &Envelope) -> Outcome {
    let attempt = AssertUnwindSafe(attempt(shop, claimant, event)).catch_unwind();
    let outcome = match attempt.await {
        Ok(Ok(true)) => return Outcome::Applied,
        // The one statement said no; which of its conditions it was decides what follows.
        Ok(Ok(false)) => settle(shop, work, claimant, event, None).await,
        Ok(Err(Failure::Retry(reason))) => return Outcome::Outage(reason),
        Ok(Err(failure)) => settle(shop, work, claimant, event, Some(failure)).await,
        Err(_) => {
            settle(shop, work, claimant, event, Some(Failure::fail("handler panicked"))).await
        }
    };
    match outcome {
        Ok(outcome) => outcome,
        Err(failure) => Outcome::Outage(failure.reason().to_owned()),
    }
}

/// Makes the effect happen; `false` if the event could not be claimed.
async fn attempt(
    shop: &Workshop,
    claimant: Claimant<'_>,
    event: &Envelope,
) -> Result<bool, Failure> {
    let fetched = shop.handler.erased_fetch(event).await?;
    let txn = shop.db.begin(event.tenant).await?;
    if !inbox::claim(&txn, claimant, event).await? {
        return Ok(false);
    }
    shop.handler.erased_handle(&txn, event, fetched).await?;
    // An error here leaves open whether it was committed; the next try asks the inbox.
    txn.commit().await?;
    shop.db.wake();
    Ok(true)
}

/// Decides about an event that had no effect. Being seen, fenced or behind a parked one goes first:
/// what a redelivery fails at does not matter.
async fn settle(
    shop: &Workshop,
    work: &Work,
    claimant: Claimant<'_>,
    event: &Envelope,
    failure: Option<Failure>,
) -> Result<Outcome, Failure> {
    let txn = shop.db.begin(event.tenant).await?;
    match (inbox::standing(&txn, claimant, event).await?, failure) {
        (Standing::Seen, _) => Ok(Outcome::Duplicate),
        (Standing::Fenced, _) => Ok(Outcome::Fenced),
        (Standing::Behind, _) => {
            if !store::park_behind(&txn, claimant.group, event, &work.delivered).await? {
                return Ok(Outcome::Outage("parked key was redriven meanwhile".into()));
            }
            txn.commit().await?;
            Ok(Outcome::Parked)
        }
        // What stood in the way is gone, or an outage ended: try again.
        (Standing::Free, None) => Ok(Outcome::Outage("event could not be claimed".into())),
        (Standing::Free, Some(Failure::Retry(reason))) => Ok(Outcome::Outage(reason)),
        (Standing::Free, Some(Failure::Reject(reason))) => {
            // Nothing is sent inside a transaction.
            txn.rollback().await?;
            bury(shop, work, &reason).await.map_err(Failure::retry)?;
            let txn = shop.db.begin(event.tenant).await?;
            inbox::mark_seen(&txn, claimant.group, event).await?;
            txn.commit().await?;
            Ok(Outcome::Dead)
        }
        (Standing::Free, Some(Failure::Fail(reason))) if work.failures + 1 < TRIES => {
            Ok(Outcome::Failed(reason))
        }
        (Standing::Free, Some(Failure::Fail(reason))) => {
            store::park(&txn, claimant.group, event, &work.delivered, &reason).await?;
            txn.commit().await?;
            tracing::error!(
                messaging.consumer.group.name = claimant.group,
                messaging.message.id = %event.id,
                kith.event.type = event.kind,
                "parked a key after {TRIES} tries: {reason}"
            );
            Ok(Outcome::Parked)
        }
    }
}

async fn bury(shop: &Workshop, work: &Work, reason: &str) -> Result<(), LogError> {
    let group = shop.handler.erased_group();
    let letter = dead::letter(&work.delivered, group, reason, shop.clock.now());
    shop.log.append(&[letter]).await?;
    tracing::error!(
        messaging.consumer.group.name = group,
        messaging.kafka.offset = work.delivered.offset,
        "dead letter from `{}`: {reason}",
        work.delivered.partition,
    );
    Ok(())
}

/// A trace of its own, linked to the command that made the event: the log lies between them.
fn span(shop: &Workshop, event: &Envelope) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "process",
        otel.name = format!("process {}", event.topic()),
        otel.kind = "consumer",
    );
    span.set_attribute(names::MESSAGING_SYSTEM, shop.log.system());
    span.set_attribute(names::MESSAGING_OPERATION_NAME, "process");
    span.set_attribute(names::MESSAGING_OPERATION_TYPE, "process");
    span.set_attribute(names::MESSAGING_DESTINATION_NAME, event.topic().to_owned());
    span.set_attribute(
        names::MESSAGING_DESTINATION_PARTITION_ID,
        event.partition.number.to_string(),
    );
    span.set_attribute(
        names::MESSAGING_CONSUMER_GROUP_NAME,
        shop.handler.erased_group().to_owned(),
    );
    span.set_attribute(names::MESSAGING_KAFKA_OFFSET, event.offset);
    span.set_attribute(names::MESSAGING_MESSAGE_ID, event.id.to_string());
    span.set_attribute(names::KITH_SERVICE, service(&*shop.handler));
    span.set_attribute(names::KITH_TENANT_ID, event.tenant.to_string());
    span.set_attribute(names::KITH_EVENT_TYPE, event.kind.clone());
    span.set_attribute(names::KITH_EVENT_VERSION, i64::try_from(event.version).unwrap_or(i64::MAX));
    if let Some(traceparent) = &event.traceparent {
        context::link_to(&span, traceparent);
    }
    span
}
