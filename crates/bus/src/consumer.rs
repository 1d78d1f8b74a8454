//! Hears events: each handler is a consumer group, each event takes effect once, each key stays in order.

mod gaps;
mod group;
pub(crate) mod handler;
pub(crate) mod inbox;
mod lanes;
mod migration;
mod offsets;
pub(crate) mod partitions;
mod post;
mod process;

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::Context;
use chassis::{
    clock::Clock,
    database::{Database, DbFailure},
    telemetry::{metrics::metrics, names, service},
};
use futures::future::try_join_all;
use opentelemetry::KeyValue;
use tokio::{sync::watch, task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::log::{Log, LogError, Partition};
use group::Group;
pub use handler::{ErasedHandler, Handler};
pub(crate) use migration::Migration;
use post::{Post, Stage};
use process::{Outcome, Workshop};

/// How often to look for replays that were asked for in another process.
const WATCH_EVERY: Duration = Duration::from_secs(1);
/// How often parked keys are counted.
const MEASURE_EVERY: u32 = 15;

/// How eagerly a group works.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Events of different keys handled at once.
    pub workers: usize,
    /// The wait after the first failure or in an outage; it doubles with each one more.
    pub first_backoff: Duration,
    /// The longest such wait.
    pub longest_backoff: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            workers: 4,
            first_backoff: Duration::from_millis(100),
            longest_backoff: Duration::from_secs(5),
        }
    }
}

impl Options {
    /// For tests: the same order of things, without the waits.
    pub fn hasty() -> Self {
        let moment = Duration::from_millis(1);
        Self { first_backoff: moment, longest_backoff: moment * 20, ..Self::default() }
    }

    /// The wait after so many in a row.
    fn backoff(&self, times: u32) -> Duration {
        let doublings = times.saturating_sub(1).min(16);
        (self.first_backoff * (1 << doublings)).min(self.longest_backoff)
    }
}

/// How the events that a consumer took ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Took effect.
    pub applied: u64,
    /// Had taken effect before.
    pub duplicates: u64,
    /// Were parked.
    pub parked: u64,
    /// Went to the dead-letter topic.
    pub dead: u64,
    /// Were tried again after a failure.
    pub failures: u64,
    /// Were tried again after an outage.
    pub outages: u64,
}

impl Tally {
    fn count(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Applied => &mut self.applied,
            Outcome::Duplicate => &mut self.duplicates,
            Outcome::Parked => &mut self.parked,
            Outcome::Dead => &mut self.dead,
            Outcome::Failed(_) => &mut self.failures,
            Outcome::Outage(_) => &mut self.outages,
            Outcome::Fenced => return,
        } += 1;
    }

    fn add(&mut self, other: Self) {
        self.applied += other.applied;
        self.duplicates += other.duplicates;
        self.parked += other.parked;
        self.dead += other.dead;
        self.failures += other.failures;
        self.outages += other.outages;
    }
}

/// Hears events with every handler until `stop`, then lets what runs end and stores how far it came.
///
/// Outages of the database, the log and other services are waited out. Fails if the log refuses.
pub async fn run(
    db: Database,
    log: Arc<dyn Log>,
    handlers: Vec<Arc<dyn ErasedHandler>>,
    clock: Clock,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    run_with(db, log, handlers, clock, Options::default(), stop).await
}

/// [`run`] with other options.
pub async fn run_with(
    db: Database,
    log: Arc<dyn Log>,
    handlers: Vec<Arc<dyn ErasedHandler>>,
    clock: Clock,
    options: Options,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    // One group's end must stop the others, and nobody else.
    let stop = stop.child_token();
    let _stops_the_rest = stop.clone().drop_guard();
    let (rewinds, watched) = watch::channel(Vec::new());
    let mut tasks = JoinSet::new();
    for handler in handlers {
        let shop = Arc::new(Workshop {
            db: db.clone(),
            log: Arc::clone(&log),
            handler,
            clock: clock.clone(),
        });
        let (watched, stop) = (watched.clone(), stop.clone());
        let service = handler::service(&*shop.handler);
        tasks.spawn(service::within(service, async move {
            let Some(group) = joined(&shop, options, &stop).await? else { return Ok(()) };
            group.run(watched, &stop, |_| false).await.map(drop)
        }));
    }
    drop(watched);
    tasks.spawn(async move {
        watch_database(&db, &rewinds, &stop).await;
        Ok(())
    });
    while let Some(ended) = tasks.join_next().await {
        ended.context("join consumer")?.context("consume events")?;
    }
    Ok(())
}

/// Joins the group, however long the log is away; `None` if told to stop before.
async fn joined(
    shop: &Arc<Workshop>,
    options: Options,
    stop: &CancellationToken,
) -> Result<Option<Group>, LogError> {
    let mut attempts = 0;
    loop {
        let joining = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(None),
            joining = Group::join(Arc::clone(shop), options) => joining,
        };
        let reason = match joining {
            Ok(group) => return Ok(Some(group)),
            Err(LogError::Unavailable(reason)) => reason,
            Err(error) => return Err(error),
        };
        attempts += 1;
        tracing::warn!(group = shop.handler.erased_group(), "cannot join yet: {reason}");
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            () = sleep(options.backoff(attempts)) => (),
        }
    }
}

/// Tells the groups of replays, and measures what is parked.
async fn watch_database(
    db: &Database,
    rewinds: &watch::Sender<Vec<(String, Partition)>>,
    stop: &CancellationToken,
) {
    let mut ticks = 0;
    while !stop.is_cancelled() {
        if ticks % MEASURE_EVERY == 0 {
            measure(db).await;
        }
        ticks = ticks.wrapping_add(1);
        match partitions::to_rewind(db).await {
            Ok(waiting) if waiting.is_empty() => (),
            Ok(waiting) => drop(rewinds.send_replace(waiting)),
            // The groups themselves say so when it matters.
            Err(error) => {
                tracing::debug!(error = %DbFailure::from(error), "cannot look for replays")
            }
        }
        tokio::select! {
            () = stop.cancelled() => (),
            () = sleep(WATCH_EVERY) => (),
        }
    }
}

async fn measure(db: &Database) {
    // A failure is not worth a line: the groups say when the database is away.
    for (group, keys) in crate::status::parked_keys(db).await.unwrap_or_default() {
        let group = KeyValue::new(names::MESSAGING_CONSUMER_GROUP_NAME, group);
        metrics().consumer_parked_keys.record(keys, &[group]);
    }
}

/// Handles everything that is in the log now, and returns how it ended.
///
/// For tests, which drive the work instead of waiting for it. No other member of the groups may run.
pub async fn drain(
    db: &Database,
    log: &Arc<dyn Log>,
    handlers: &[Arc<dyn ErasedHandler>],
    clock: &Clock,
) -> anyhow::Result<Tally> {
    drain_with(db, log, handlers, clock, Options::hasty()).await
}

/// [`drain`] with other options.
pub async fn drain_with(
    db: &Database,
    log: &Arc<dyn Log>,
    handlers: &[Arc<dyn ErasedHandler>],
    clock: &Clock,
    options: Options,
) -> anyhow::Result<Tally> {
    let groups = handlers.iter().map(|handler| {
        let shop = Arc::new(Workshop {
            db: db.clone(),
            log: Arc::clone(log),
            handler: Arc::clone(handler),
            clock: clock.clone(),
        });
        drain_group(shop, options)
    });
    let mut tally = Tally::default();
    for group in try_join_all(groups).await.context("drain events")? {
        tally.add(group);
    }
    Ok(tally)
}

async fn drain_group(shop: Arc<Workshop>, options: Options) -> Result<Tally, LogError> {
    let topics = handler::topics(&*shop.handler);
    let positions = shop.log.positions(shop.handler.erased_group(), &topics).await?;
    let is_done = move |posts: &HashMap<Partition, Post>| {
        positions.iter().all(|position| {
            posts.get(&position.partition).is_some_and(|post| {
                let reached = post.offsets.position().unwrap_or(position.stored);
                post.stage == Stage::Flowing && position.end <= reached
            })
        })
    };
    let (_nobody, rewinds) = watch::channel(Vec::new());
    let group = Group::join(shop, options).await?;
    group.run(rewinds, &CancellationToken::new(), is_done).await
}
