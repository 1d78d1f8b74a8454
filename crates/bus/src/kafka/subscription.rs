//! A member of a group on Kafka.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use rdkafka::{
    Offset, TopicPartitionList,
    consumer::{CommitMode, Consumer, StreamConsumer},
    error::{KafkaError, KafkaResult},
};
use tokio::sync::mpsc;

use super::{context::MemberContext, convert, dispose::Disposable, settings::KafkaSettings};
use crate::log::{Incoming, LogError, Partition, Subscription};

const SEEK_TIMEOUT: Duration = Duration::from_secs(5);
const SEEK_PAUSE: Duration = Duration::from_millis(10);

type Member = StreamConsumer<MemberContext>;

/// Reads for a group; whoever calls `next` is the one task that polls.
pub(super) struct KafkaSubscription {
    settings: KafkaSettings,
    /// Taken only by close and drop.
    member: Option<Arc<Member>>,
    changes: mpsc::UnboundedReceiver<Incoming>,
    ends: Arc<Mutex<HashMap<Partition, i64>>>,
}

impl KafkaSubscription {
    /// Joins the group. The partitions come later, as [`Incoming::Assigned`].
    pub(super) fn join(
        settings: &KafkaSettings,
        group: &str,
        topics: &[&str],
    ) -> Result<Self, LogError> {
        let (changed, changes) = mpsc::unbounded_channel();
        let ends = Arc::new(Mutex::new(HashMap::new()));
        let context = MemberContext::new(settings.clone(), changed, Arc::clone(&ends));
        let member: Member = settings
            .consumer(group)
            .create_with_context(context)
            .map_err(|error| convert::error(&error))?;
        let names: Vec<String> = topics.iter().map(|topic| settings.outside(topic)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        member.subscribe(&names).map_err(|error| convert::error(&error))?;
        Ok(Self { settings: settings.clone(), member: Some(Arc::new(member)), changes, ends })
    }

    fn list(&self, partition: &Partition) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        list.add_partition(&self.settings.outside(&partition.topic), partition.number);
        list
    }

    /// A partition that was taken away in the meantime cannot be paused, resumed or stored: fine.
    fn tolerate(outcome: KafkaResult<()>, partition: &Partition) {
        if let Err(error) = outcome {
            tracing::debug!(%error, %partition, "partition is no longer ours");
        }
    }
}

/// Moves the reading. Right after its assignment a partition cannot be moved yet, so try for a while.
fn seek(member: &Member, topic: &str, number: i32, offset: i64) -> KafkaResult<()> {
    let started = Instant::now();
    loop {
        match member.seek(topic, number, Offset::Offset(offset), SEEK_TIMEOUT) {
            Err(KafkaError::Seek(_)) if started.elapsed() < SEEK_TIMEOUT => {
                std::thread::sleep(SEEK_PAUSE);
            }
            outcome => return outcome,
        }
    }
}

#[async_trait]
impl Subscription for KafkaSubscription {
    async fn next(&mut self) -> Result<Incoming, LogError> {
        let Some(member) = &self.member else { return Err(LogError::Closed) };
        loop {
            tokio::select! {
                // Changes first: a record of a new partition must not come before its assignment.
                biased;
                Some(change) = self.changes.recv() => return Ok(change),
                message = member.recv() => match message {
                    Ok(message) => {
                        return Ok(Incoming::Record(convert::delivered(&self.settings, &message)));
                    }
                    Err(error @ KafkaError::MessageConsumptionFatal(_)) => {
                        return Err(LogError::Refused(error.to_string()));
                    }
                    // The client reports it and goes on by itself.
                    Err(error) => tracing::debug!(%error, "kafka client: poll"),
                },
            }
        }
    }

    fn pause(&mut self, partition: &Partition) {
        if let Some(member) = &self.member {
            Self::tolerate(member.pause(&self.list(partition)), partition);
        }
    }

    fn resume(&mut self, partition: &Partition) {
        if let Some(member) = &self.member {
            Self::tolerate(member.resume(&self.list(partition)), partition);
        }
    }

    fn store(&mut self, partition: &Partition, offset: i64) {
        if let Some(member) = &self.member {
            let topic = self.settings.outside(&partition.topic);
            Self::tolerate(member.store_offset(&topic, partition.number, offset - 1), partition);
        }
    }

    async fn rewind(&mut self, partition: &Partition, offset: i64) -> Result<(), LogError> {
        let Some(member) = self.member.clone() else { return Err(LogError::Closed) };
        let topic = self.settings.outside(&partition.topic);
        let number = partition.number;
        let mut list = self.list(partition);
        list.set_partition_offset(&topic, number, Offset::Offset(offset))
            .map_err(|error| convert::error(&error))?;
        let moved = tokio::task::spawn_blocking(move || {
            // Stored first, or the next automatic commit would undo the move.
            member.store_offsets(&list)?;
            member.commit(&list, CommitMode::Sync)?;
            seek(&member, &topic, number, offset)
        });
        match moved.await {
            Ok(moved) => moved.map_err(|error| convert::error(&error)),
            Err(_) => Err(LogError::Unavailable("rewind was interrupted".into())),
        }
    }

    fn end(&self, partition: &Partition) -> Option<i64> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).get(partition).copied()
    }

    async fn close(mut self: Box<Self>) {
        // Dropping commits what was stored and leaves the group, and blocks while it does.
        if let Some(member) = self.member.take() {
            Disposable::new(member).dispose().await;
        }
    }
}

impl Drop for KafkaSubscription {
    fn drop(&mut self) {
        drop(self.member.take().map(Disposable::new));
    }
}
