//! Looking at the log without belonging to a group: positions, and records by offset.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::KafkaResult,
};

use super::{context::QuietContext, convert, settings::KafkaSettings};
use crate::log::{Delivered, LogError, Partition, Position};

const TIMEOUT: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(200);

type Observer = BaseConsumer<QuietContext>;

/// How far a group has come, without joining it.
pub(super) async fn positions(
    settings: KafkaSettings,
    group: &str,
    topics: &[&str],
) -> Result<Vec<Position>, LogError> {
    let group = group.to_owned();
    let topics: Vec<String> = topics.iter().map(|topic| (*topic).to_owned()).collect();
    off_runtime(move || {
        let observer: Observer = settings.observer(&group).create_with_context(QuietContext)?;
        let stored = stored(&observer, &settings, &topics)?;
        let mut positions = Vec::new();
        for (partition, stored) in stored {
            let name = settings.outside(&partition.topic);
            let (first, end) = observer.fetch_watermarks(&name, partition.number, TIMEOUT)?;
            let stored = stored.map_or(first, |stored| stored.clamp(first, end));
            positions.push(Position { partition, first, stored, end, oldest_unread: None });
        }
        let mut oldest = oldest_unread(&observer, &settings, &positions)?;
        for position in &mut positions {
            position.oldest_unread = oldest.remove(&position.partition);
        }
        Ok(positions)
    })
    .await
}

/// Reads records of one partition, at most up to where it ends now.
pub(super) async fn read(
    settings: KafkaSettings,
    partition: Partition,
    offset: i64,
    limit: usize,
) -> Result<Vec<Delivered>, LogError> {
    off_runtime(move || {
        let observer: Observer =
            settings.observer("kith.read").create_with_context(QuietContext)?;
        let name = settings.outside(&partition.topic);
        let (first, end) = observer.fetch_watermarks(&name, partition.number, TIMEOUT)?;
        let mut records: Vec<Delivered> = Vec::new();
        if limit == 0 || end <= offset {
            return Ok(records);
        }
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(&name, partition.number, Offset::Offset(offset.max(first)))?;
        observer.assign(&list)?;
        let started = Instant::now();
        while started.elapsed() < TIMEOUT {
            let Some(message) = observer.poll(POLL) else { continue };
            let delivered = convert::delivered(&settings, &message?);
            let is_last = end <= delivered.offset + 1;
            records.push(delivered);
            if is_last || records.len() == limit {
                break;
            }
        }
        Ok(records)
    })
    .await
}

/// The client blocks, and so does dropping it.
async fn off_runtime<T: Send + 'static>(
    work: impl FnOnce() -> KafkaResult<T> + Send + 'static,
) -> Result<T, LogError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome.map_err(|error| convert::error(&error)),
        Err(_) => Err(LogError::Unavailable("look-up was interrupted".into())),
    }
}

/// The committed offset of every partition of `topics`, if there is one.
fn stored(
    observer: &Observer,
    settings: &KafkaSettings,
    topics: &[String],
) -> KafkaResult<Vec<(Partition, Option<i64>)>> {
    let mut list = TopicPartitionList::new();
    for topic in topics {
        let name = settings.outside(topic);
        let metadata = observer.fetch_metadata(Some(&name), TIMEOUT)?;
        for partition in metadata.topics().iter().flat_map(|topic| topic.partitions()) {
            list.add_partition(&name, partition.id());
        }
    }
    let committed = observer.committed_offsets(list, TIMEOUT)?;
    let of = |offset| match offset {
        Offset::Offset(offset) => Some(offset),
        Offset::Beginning
        | Offset::End
        | Offset::Stored
        | Offset::Invalid
        | Offset::OffsetTail(_) => None,
    };
    Ok(committed
        .elements()
        .iter()
        .map(|it| (Partition::new(settings.inside(it.topic()), it.partition()), of(it.offset())))
        .collect())
}

/// When the log took the first unread record of each partition that has one.
fn oldest_unread(
    observer: &Observer,
    settings: &KafkaSettings,
    positions: &[Position],
) -> KafkaResult<HashMap<Partition, DateTime<Utc>>> {
    let mut oldest = HashMap::new();
    let mut list = TopicPartitionList::new();
    for position in positions.iter().filter(|it| it.lag() != 0) {
        let name = settings.outside(&position.partition.topic);
        list.add_partition_offset(
            &name,
            position.partition.number,
            Offset::Offset(position.stored),
        )?;
    }
    if list.count() == 0 {
        return Ok(oldest);
    }
    observer.assign(&list)?;
    let started = Instant::now();
    while oldest.len() < list.count() && started.elapsed() < TIMEOUT {
        let Some(message) = observer.poll(POLL) else { continue };
        let delivered = convert::delivered(settings, &message?);
        oldest.entry(delivered.partition).or_insert(delivered.time);
    }
    Ok(oldest)
}
