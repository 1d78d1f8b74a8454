//! The one task that polls for a group: takes events, lets them run by key, stores what is finished.

mod standing;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use chassis::telemetry::{metrics::metrics, names, service};
use opentelemetry::KeyValue;
use sea_orm::DbErr;
use tokio::{
    sync::watch,
    task::{JoinError, JoinSet},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Options, Tally,
    gaps::Gaps,
    handler,
    lanes::{Key, Lanes, Work},
    partitions::Standpoint,
    post::Post,
    process::{self, Outcome, Workshop},
};
use crate::{
    codec,
    log::{Delivered, Incoming, LogError, Partition, Subscription},
};

/// Events and bytes that may be in hand at once.
const MAX_EVENTS: usize = 512;
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// How long to stay away from the log while too much is in hand; then partitions are paused instead.
const FULL_PATIENCE: Duration = Duration::from_secs(3);
/// How long running events may take to end after the stop signal.
const STOP_GRACE: Duration = Duration::from_secs(10);
/// How often the lag is measured.
const MEASURE_EVERY: Duration = Duration::from_secs(15);

/// The partitions, of all groups of a database, where a replay was asked for.
pub(super) type Rewinds = watch::Receiver<Vec<(String, Partition)>>;

/// What a task of the group came back with.
enum Done {
    Handled(Box<Work>, Outcome),
    Entered(Vec<Partition>, Result<Vec<Standpoint>, DbErr>),
    Rewound(Partition, Result<bool, DbErr>),
}

/// What is due at a time.
enum Due {
    Wake(Key),
    Enter(Vec<Partition>),
    Poll,
}

pub(super) struct Group {
    shop: Arc<Workshop>,
    options: Options,
    subscription: Box<dyn Subscription>,
    posts: HashMap<Partition, Post>,
    /// Events of each partition that run now, whoever holds the partition.
    running: HashMap<Partition, usize>,
    workers: usize,
    lanes: Lanes,
    tasks: JoinSet<Done>,
    timers: BTreeMap<(Instant, u64), Due>,
    counter: u64,
    gaps: Gaps,
    full_since: Option<Instant>,
    is_paused_as_full: bool,
    is_log_away: bool,
    tally: Tally,
}

impl Group {
    /// Joins the handler's group.
    pub(super) async fn join(shop: Arc<Workshop>, options: Options) -> Result<Self, LogError> {
        let topics = handler::topics(&*shop.handler);
        let subscription = shop.log.subscribe(shop.handler.erased_group(), &topics).await?;
        Ok(Self {
            shop,
            options,
            subscription,
            posts: HashMap::new(),
            running: HashMap::new(),
            workers: 0,
            lanes: Lanes::default(),
            tasks: JoinSet::new(),
            timers: BTreeMap::new(),
            counter: 0,
            gaps: Gaps::default(),
            full_since: None,
            is_paused_as_full: false,
            is_log_away: false,
            tally: Tally::default(),
        })
    }

    fn name(&self) -> &str {
        self.shop.handler.erased_group()
    }

    /// Handles events until `stop`, or until `is_done` says that it is enough; then leaves the group.
    pub(super) async fn run(
        mut self,
        mut rewinds: Rewinds,
        stop: &CancellationToken,
        is_done: impl Fn(&HashMap<Partition, Post>) -> bool,
    ) -> Result<Tally, LogError> {
        let mut measure_at = Instant::now() + MEASURE_EVERY;
        let outcome = loop {
            self.start_ready();
            if self.lanes.events() == 0 && is_done(&self.posts) {
                break Ok(());
            }
            let may_poll = self.may_poll();
            let due = self.timers.keys().next().map(|(at, _)| *at);
            let far = Instant::now() + MEASURE_EVERY;
            let patience = match self.full_since {
                Some(since) if !self.is_paused_as_full => Some(since + FULL_PATIENCE),
                Some(_) | None => None,
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => break Ok(()),
                Some(done) = self.tasks.join_next() => self.on_done(done).await,
                () = sleep_until(due.unwrap_or(far)), if due.is_some() => self.on_due(),
                Ok(()) = rewinds.changed() => {
                    let rewinds = rewinds.borrow_and_update().clone();
                    self.on_rewinds(&rewinds);
                }
                incoming = self.subscription.next(), if may_poll => match incoming {
                    Ok(incoming) => self.on_incoming(incoming),
                    Err(LogError::Unavailable(reason)) => {
                        tracing::warn!(group = self.name(), "cannot read the log: {reason}");
                        self.is_log_away = true;
                        self.after(self.options.longest_backoff, Due::Poll);
                    }
                    Err(error) => break Err(error),
                },
                () = sleep_until(patience.unwrap_or(far)), if patience.is_some() => self.pause_as_full(),
                () = sleep_until(measure_at) => {
                    measure_at = Instant::now() + MEASURE_EVERY;
                    self.measure();
                }
            }
        };
        // What runs is let end, so that it is not done again; what waits is delivered again.
        let _ = timeout(STOP_GRACE, self.finish_running()).await;
        self.tasks.shutdown().await;
        self.subscription.close().await;
        outcome.map(|()| self.tally)
    }

    async fn finish_running(&mut self) {
        while 0 < self.workers {
            match self.tasks.join_next().await {
                Some(done) => self.on_done(done).await,
                None => break,
            }
        }
    }

    /// Starts events as long as there are workers free and events that may run.
    fn start_ready(&mut self) {
        while self.workers < self.options.workers {
            let Some(work) = self.lanes.start() else { break };
            let partition = work.delivered.partition.clone();
            let generation = self.posts.get(&partition).map_or(0, |post| post.generation);
            *self.running.entry(partition).or_default() += 1;
            self.workers += 1;
            let shop = Arc::clone(&self.shop);
            let service = handler::service(&*shop.handler);
            self.tasks.spawn(service::within(service, async move {
                let outcome = process::process(&shop, &work, generation).await;
                Done::Handled(Box::new(work), outcome)
            }));
        }
    }

    fn may_poll(&mut self) -> bool {
        let (events, bytes) = (self.lanes.events(), self.lanes.bytes());
        if MAX_EVENTS <= events || MAX_BYTES <= bytes {
            self.full_since.get_or_insert_with(Instant::now);
        } else if events < MAX_EVENTS / 2 && bytes < MAX_BYTES / 2 {
            self.full_since = None;
            if std::mem::take(&mut self.is_paused_as_full) {
                self.pause_or_resume_all();
            }
        }
        !self.is_log_away && (self.full_since.is_none() || self.is_paused_as_full)
    }

    /// Polls again, for the sake of the group's other members, but takes no more events.
    fn pause_as_full(&mut self) {
        self.is_paused_as_full = true;
        self.pause_or_resume_all();
    }

    fn pause_or_resume_all(&mut self) {
        for post in self.posts.values_mut() {
            post.pause_or_resume(&mut *self.subscription, self.is_paused_as_full);
        }
    }

    fn on_incoming(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Record(delivered) => self.on_record(delivered),
            Incoming::Assigned(partitions) => {
                for partition in &partitions {
                    self.counter += 1;
                    let mut post = Post::new(partition.clone(), self.counter);
                    post.pause_or_resume(&mut *self.subscription, self.is_paused_as_full);
                    self.lanes.hold(partition);
                    self.posts.insert(partition.clone(), post);
                }
                self.enter(partitions);
            }
            Incoming::Revoked(partitions) => {
                for partition in &partitions {
                    self.posts.remove(partition);
                    self.lanes.forget(partition);
                    self.lanes.release(partition);
                }
            }
        }
    }

    fn on_record(&mut self, delivered: Delivered) {
        if self.gaps.is_gap(&delivered.record) {
            crate::metrics::version_gaps(self.name());
        }
        let Some(post) = self.posts.get_mut(&delivered.partition) else { return };
        post.offsets.take(delivered.offset, delivered.time);
        let subscriptions = self.shop.handler.erased_subscriptions();
        let topic = delivered.partition.topic.as_ref();
        // A record without a type is nobody's: it goes on, to be found unreadable.
        let is_wanted = codec::kind(&delivered.record)
            .is_none_or(|kind| subscriptions.contains(&(topic, kind)));
        if is_wanted {
            self.lanes.push(Work { delivered, failures: 0, outages: 0, turn: post.turn });
        } else {
            post.finish(delivered.offset, &mut *self.subscription);
        }
    }

    async fn on_done(&mut self, done: Result<Done, JoinError>) {
        match done {
            Ok(Done::Handled(work, outcome)) => self.on_handled(*work, outcome).await,
            Ok(Done::Entered(_, Ok(standpoints))) => {
                for standpoint in standpoints {
                    self.on_standpoint(standpoint).await;
                }
            }
            Ok(Done::Entered(partitions, Err(error))) => self.enter_later(partitions, error),
            Ok(Done::Rewound(partition, Ok(true))) => self.go_on(&partition),
            // Another replay was asked for meanwhile.
            Ok(Done::Rewound(partition, Ok(false))) => self.enter(vec![partition]),
            Ok(Done::Rewound(partition, Err(error))) => self.enter_later(vec![partition], error),
            // Tasks catch panics of handlers; one that still dies takes the group, and so the service, down with it:
            // its worker and its key would be blocked for good.
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(error) => tracing::error!(group = self.name(), %error, "task of a consumer died"),
        }
    }

    async fn on_handled(&mut self, mut work: Work, outcome: Outcome) {
        let key = work.key();
        let Delivered { partition, offset, .. } = &work.delivered;
        let (partition, offset) = (partition.clone(), *offset);
        self.workers -= 1;
        if let Some(running) = self.running.get_mut(&partition) {
            *running -= 1;
        }
        self.tally.count(&outcome);
        let shop = Arc::clone(&self.shop);
        let group = shop.handler.erased_group();
        let post = self.posts.get_mut(&partition).filter(|post| post.turn == work.turn);
        // Its reading of the partition is over: whoever reads now gets it again if need be.
        let Some(post) = post else {
            self.lanes.finish(&work);
            self.rewind_if_quiet(&partition).await;
            return;
        };
        let rest = match outcome {
            Outcome::Applied | Outcome::Duplicate | Outcome::Parked | Outcome::Dead => None,
            Outcome::Failed(reason) => {
                work.failures += 1;
                work.outages = 0;
                tracing::warn!(group, %partition, "event failed, trying again: {reason}");
                Some(self.options.backoff(work.failures))
            }
            Outcome::Outage(reason) => {
                work.outages += 1;
                if post.outages.is_empty() {
                    tracing::warn!(group, %partition, "waiting out: {reason}");
                }
                Some(self.options.backoff(work.outages))
            }
            Outcome::Fenced => Some(Duration::ZERO),
        };
        if rest.is_some() && work.outages != 0 {
            post.outages.insert(key.clone());
        } else {
            post.outages.remove(&key);
        }
        if rest.is_none() {
            post.finish(offset, &mut *self.subscription);
        }
        post.pause_or_resume(&mut *self.subscription, self.is_paused_as_full);
        match rest {
            None => self.lanes.finish(&work),
            Some(rest) => {
                self.lanes.rest(work);
                self.after(rest, Due::Wake(key));
                if rest.is_zero() {
                    self.restand(&partition);
                }
            }
        }
        self.rewind_if_quiet(&partition).await;
    }

    fn after(&mut self, delay: Duration, due: Due) {
        self.counter += 1;
        self.timers.insert((Instant::now() + delay, self.counter), due);
    }

    fn on_due(&mut self) {
        match self.timers.pop_first() {
            Some((_, Due::Wake(key))) => self.lanes.wake(&key),
            Some((_, Due::Enter(partitions))) => self.enter(partitions),
            Some((_, Due::Poll)) => self.is_log_away = false,
            None => (),
        }
    }

    fn on_rewinds(&mut self, rewinds: &[(String, Partition)]) {
        let shop = Arc::clone(&self.shop);
        let group = shop.handler.erased_group();
        for (_, partition) in rewinds.iter().filter(|(consumer, _)| consumer == group) {
            self.restand(partition);
        }
    }

    fn measure(&self) {
        let now = self.shop.clock.now();
        for (partition, post) in &self.posts {
            let lag = post.lag(self.subscription.end(partition), now);
            let attributes = [
                KeyValue::new(names::MESSAGING_CONSUMER_GROUP_NAME, self.name().to_owned()),
                KeyValue::new(names::MESSAGING_DESTINATION_NAME, partition.topic.to_string()),
                KeyValue::new(
                    names::MESSAGING_DESTINATION_PARTITION_ID,
                    i64::from(partition.number),
                ),
            ];
            metrics().consumer_lag.record(lag.as_secs_f64(), &attributes);
        }
    }
}
