//! What the Kafka client calls back: logs at the right level, assignments, and the ends of partitions.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rdkafka::{
    ClientContext, Statistics, TopicPartitionList,
    config::RDKafkaLogLevel,
    consumer::{BaseConsumer, ConsumerContext, Rebalance},
    error::{KafkaError, RDKafkaErrorCode},
};
use tokio::sync::mpsc;

use super::settings::KafkaSettings;
use crate::log::{Incoming, Partition};

const SAY_EVERY: Duration = Duration::from_secs(60);

/// Logs what the client says: it repeats every failed connection, and it recovers by itself.
fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical => {
            tracing::error!(facility, "kafka client: {message}");
        }
        RDKafkaLogLevel::Error
        | RDKafkaLogLevel::Warning
        | RDKafkaLogLevel::Notice
        | RDKafkaLogLevel::Info
        | RDKafkaLogLevel::Debug => tracing::debug!(facility, "kafka client: {message}"),
    }
}

fn error(error: &KafkaError, reason: &str) {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::AllBrokersDown) if is_time_to_say() => {
            tracing::warn!("no Kafka broker can be reached, trying on");
        }
        Some(_) | None => tracing::debug!(%error, "kafka client: {reason}"),
    }
}

/// Every client of the process says it every second of an outage: once a minute is enough.
fn is_time_to_say() -> bool {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let is_time = last.is_none_or(|at| SAY_EVERY <= at.elapsed());
    if is_time {
        *last = Some(Instant::now());
    }
    is_time
}

/// The context of clients that have nothing to report.
#[derive(Clone, Debug)]
pub(super) struct QuietContext;

impl ClientContext for QuietContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn stats(&self, _: Statistics) {}

    fn error(&self, cause: KafkaError, reason: &str) {
        error(&cause, reason);
    }
}

impl ConsumerContext for QuietContext {}

/// The context of a member of a group.
#[derive(Debug)]
pub(super) struct MemberContext {
    settings: KafkaSettings,
    changes: mpsc::UnboundedSender<Incoming>,
    ends: Arc<Mutex<HashMap<Partition, i64>>>,
}

impl MemberContext {
    pub(super) fn new(
        settings: KafkaSettings,
        changes: mpsc::UnboundedSender<Incoming>,
        ends: Arc<Mutex<HashMap<Partition, i64>>>,
    ) -> Self {
        Self { settings, changes, ends }
    }

    fn partitions(&self, list: &TopicPartitionList) -> Vec<Partition> {
        list.elements()
            .iter()
            .map(|it| Partition::new(self.settings.inside(it.topic()), it.partition()))
            .collect()
    }

    /// Nobody listens any more while the consumer closes.
    fn tell(&self, change: Incoming) {
        let _ = self.changes.send(change);
    }
}

impl ClientContext for MemberContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn stats(&self, statistics: Statistics) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        for topic in statistics.topics.values() {
            for partition in topic.partitions.values().filter(|it| 0 <= it.hi_offset) {
                let name = self.settings.inside(&topic.topic);
                ends.insert(Partition::new(name, partition.partition), partition.hi_offset);
            }
        }
    }

    fn error(&self, cause: KafkaError, reason: &str) {
        error(&cause, reason);
    }
}

impl ConsumerContext for MemberContext {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Revoke(list) = rebalance {
            self.tell(Incoming::Revoked(self.partitions(list)));
        }
    }

    fn post_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(list) => self.tell(Incoming::Assigned(self.partitions(list))),
            Rebalance::Revoke(_) => (),
            Rebalance::Error(error) => tracing::warn!(%error, "rebalance failed"),
        }
    }
}
