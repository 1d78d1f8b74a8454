//! Runs one consumer for each generation that is in use or being built, lets the new one take over when it
//! has caught up, and clears away the old one.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Context;
use bus::{ErasedHandler, Links, status::GroupStatus};
use chassis::telemetry::service;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    domain::{CatchUp, Generation, Projection, ProjectionName, Reach},
    error::Error,
};

/// How often to look what other processes have decided, and how often while a generation is being built.
const IDLE: Duration = Duration::from_secs(2);
const BUILDING: Duration = Duration::from_millis(250);

/// The handlers that run in this process at the moment.
type Running = watch::Sender<Vec<Arc<dyn ErasedHandler>>>;

/// Follows the generations of the one projection. What it is about stands in the database, so a process that
/// was killed goes on where it was.
pub(crate) struct FollowGenerations {
    app: App,
    links: Links,
    running: Running,
    stop: CancellationToken,
    started: Instant,
    consumers: JoinSet<(Generation, anyhow::Result<()>)>,
    stops: BTreeMap<Generation, CancellationToken>,
    /// The generation being built, and how far the log was when it was looked at.
    catching_up: Option<(Generation, CatchUp)>,
}

impl FollowGenerations {
    /// Takes what consumers run with; `running` is told which handlers do.
    pub(crate) fn new(app: App, links: Links, running: Running, stop: CancellationToken) -> Self {
        Self {
            app,
            links,
            running,
            stop,
            started: Instant::now(),
            consumers: JoinSet::new(),
            stops: BTreeMap::new(),
            catching_up: None,
        }
    }

    /// Follows until stopped, then waits for the consumers to end. Fails if a consumer does.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        service::within("analytics", self.follow()).await
    }

    async fn follow(mut self) -> anyhow::Result<()> {
        let mut is_away = false;
        while !self.stop.is_cancelled() {
            let stop = self.stop.clone();
            // A log that does not answer must not delay the end; what was under way is rolled back.
            let step = tokio::select! {
                () = stop.cancelled() => break,
                step = self.step() => step,
            };
            let pause = match step {
                Ok(pause) => pause,
                Err(error) => {
                    if !is_away {
                        tracing::warn!("cannot look after the projection, trying again: {error}");
                    }
                    is_away = true;
                    self.wait(IDLE).await?;
                    continue;
                }
            };
            is_away = false;
            self.wait(pause).await?;
        }
        for stop in self.stops.values() {
            stop.cancel();
        }
        while let Some(ended) = self.consumers.join_next().await {
            ended.context("join consumer")?.1?;
        }
        Ok(())
    }

    /// Waits for a while, or for a reason to look again. Fails if a consumer ended by itself.
    async fn wait(&mut self, pause: Duration) -> anyhow::Result<()> {
        let wakeup = async {
            tokio::select! {
                () = self.stop.cancelled() => None,
                () = self.app.asked.notified() => None,
                Some(ended) = self.consumers.join_next() => Some(ended),
            }
        };
        let Ok(Some(ended)) = timeout(pause, wakeup).await else { return Ok(()) };
        let (generation, outcome) = ended.context("join consumer")?;
        if self.stops.remove(&generation).is_some() && !self.stop.is_cancelled() {
            outcome.with_context(|| format!("consume as `{}`", generation.group()))?;
            anyhow::bail!("consumer `{}` ended without being told to", generation.group());
        }
        outcome
    }

    /// Does what there is to do, and returns how long to wait before looking again.
    async fn step(&mut self) -> Result<Duration, Error> {
        let (projection, has_leftovers) = self.app.survey(ProjectionName::Facts).await?;
        self.start_and_stop(&projection);
        if let Some(building) = projection.building {
            if !self.has_caught_up(building.generation).await? {
                return Ok(BUILDING);
            }
            if self.app.swap(projection.name, building.generation).await? {
                let generation = building.generation.0;
                tracing::info!(generation, "rebuilt projection is in use");
            }
            return Ok(Duration::ZERO);
        }
        // The consumer of an old generation may still be in the middle of an event.
        if has_leftovers && self.consumers.len() == self.stops.len() {
            self.app.sweep(projection.name).await?;
            return Ok(Duration::ZERO);
        }
        Ok(if has_leftovers { BUILDING } else { IDLE })
    }

    fn start_and_stop(&mut self, projection: &Projection) {
        let wanted: Vec<Generation> = projection.generations().collect();
        let before = self.stops.len();
        let unwanted = self.stops.extract_if(.., |generation, _| !wanted.contains(generation));
        for (generation, stop) in unwanted {
            tracing::info!(generation = generation.0, "generation is no longer followed");
            stop.cancel();
        }
        let mut has_changed = self.stops.len() != before;
        for generation in wanted {
            if !self.stops.contains_key(&generation) {
                self.start(generation);
                has_changed = true;
            }
        }
        if has_changed {
            let handlers = self.stops.keys().map(|generation| (self.app.handler_of)(*generation));
            self.running.send_replace(handlers.collect());
        }
    }

    fn start(&mut self, generation: Generation) {
        let stop = self.stop.child_token();
        let consumer = bus::consumer::run(
            self.app.db.clone(),
            Arc::clone(&self.links.log),
            vec![(self.app.handler_of)(generation)],
            self.links.clock.clone(),
            stop.clone(),
        );
        self.consumers.spawn(async move { (generation, consumer.await) });
        self.stops.insert(generation, stop);
        tracing::info!(generation = generation.0, "generation is followed");
    }

    /// Sees whether the generation has reached the end of the log.
    async fn has_caught_up(&mut self, generation: Generation) -> Result<bool, Error> {
        let Some(group) = self.app.group_status(generation).await? else { return Ok(false) };
        let at = self.started.elapsed();
        match &mut self.catching_up {
            Some((known, catch_up)) if *known == generation => {
                Ok(catch_up.look(reaches(group), at))
            }
            Some(_) | None => {
                let mut catch_up = CatchUp::default();
                let has_caught_up = catch_up.look(reaches(group), at);
                self.catching_up = Some((generation, catch_up));
                Ok(has_caught_up)
            }
        }
    }
}

fn reaches(group: GroupStatus) -> BTreeMap<(String, i32), Reach> {
    let partitions = group.partitions.into_iter();
    partitions
        .map(|lag| {
            let events = i64::try_from(lag.events).unwrap_or(i64::MAX);
            let end = lag.stored.saturating_add(events);
            let partition = (lag.partition.topic.to_string(), lag.partition.number);
            (partition, Reach { stored: lag.stored, end })
        })
        .collect()
}
