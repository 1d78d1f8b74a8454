//! What the embedded log keeps in memory: topics, ends, stored offsets and who reads for which group.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use anyhow::Context;
use tokio::sync::{Notify, watch};

use super::file::EventsFile;
use crate::log::{LogError, Partition};

/// A topic of the file.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    /// Its row.
    pub(super) id: i64,
    /// How many partitions it was created with.
    pub(super) partitions: i32,
}

#[derive(Debug, Default)]
struct Inner {
    topics: HashMap<String, Topic>,
    ends: HashMap<Partition, i64>,
    stored: HashMap<Arc<str>, HashMap<Partition, i64>>,
    /// Stored offsets that the file does not have yet.
    unsaved: HashMap<(Arc<str>, Partition), i64>,
    members: HashSet<Arc<str>>,
}

/// Shared by the log, its writer and its subscriptions. Never locked over an await.
#[derive(Debug)]
pub(super) struct State {
    inner: Mutex<Inner>,
    /// Counts commits, so that a reader wakes up for each.
    appended: watch::Sender<u64>,
    /// Tells the writer that there are offsets to save.
    pub(super) to_save: Notify,
}

impl State {
    /// Reads everything that the file knows.
    pub(super) async fn load(file: &EventsFile) -> anyhow::Result<Self> {
        let mut inner = Inner::default();
        for (id, name, partitions) in file.topics().await.context("read topics")? {
            for number in 0..partitions {
                let end = file.end(id, number).await.context("read end of a partition")?;
                inner.ends.insert(Partition::new(&name, number), end);
            }
            inner.topics.insert(name, Topic { id, partitions });
        }
        for (group, topic, number, offset) in file.stored().await.context("read stored offsets")? {
            let partition = Partition::new(&topic, number);
            inner.stored.entry(group.into()).or_default().insert(partition, offset);
        }
        Ok(Self {
            inner: Mutex::new(inner),
            appended: watch::Sender::new(0),
            to_save: Notify::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change below is one insert or remove, so a panic elsewhere leaves nothing half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn topic(&self, name: &str) -> Option<Topic> {
        self.lock().topics.get(name).cloned()
    }

    pub(super) fn add_topic(&self, name: &str, topic: Topic) {
        let mut inner = self.lock();
        for number in 0..topic.partitions {
            inner.ends.insert(Partition::new(name, number), 0);
        }
        inner.topics.insert(name.to_owned(), topic);
    }

    /// Every partition of `topics`, in order.
    pub(super) fn partitions(&self, topics: &[&str]) -> Vec<Partition> {
        let inner = self.lock();
        let mut partitions = Vec::new();
        for name in topics {
            let count = inner.topics.get(*name).map_or(0, |topic| topic.partitions);
            partitions.extend((0..count).map(|number| Partition::new(name, number)));
        }
        partitions
    }

    pub(super) fn end(&self, partition: &Partition) -> i64 {
        self.lock().ends.get(partition).copied().unwrap_or(0)
    }

    /// Publishes new ends, which are durable now, and wakes every reader.
    pub(super) fn appended(&self, ends: impl IntoIterator<Item = (Partition, i64)>) {
        self.lock().ends.extend(ends);
        self.appended.send_modify(|count| *count += 1);
    }

    pub(super) fn appends(&self) -> watch::Receiver<u64> {
        self.appended.subscribe()
    }

    pub(super) fn stored(&self, group: &str, partition: &Partition) -> i64 {
        let inner = self.lock();
        inner.stored.get(group).and_then(|it| it.get(partition)).copied().unwrap_or(0)
    }

    /// Notes a stored offset; the writer saves it with its next commit or soon.
    pub(super) fn store(&self, group: &Arc<str>, partition: &Partition, offset: i64) {
        let mut inner = self.lock();
        inner.stored.entry(Arc::clone(group)).or_default().insert(partition.clone(), offset);
        inner.unsaved.insert((Arc::clone(group), partition.clone()), offset);
        drop(inner);
        self.to_save.notify_one();
    }

    /// Takes what is to be saved, with the row of each topic.
    pub(super) fn take_unsaved(&self) -> Vec<(Arc<str>, i64, Partition, i64)> {
        let mut inner = self.lock();
        let unsaved = std::mem::take(&mut inner.unsaved);
        unsaved
            .into_iter()
            .filter_map(|((group, partition), offset)| {
                let topic = inner.topics.get(partition.topic.as_ref())?;
                Some((group, topic.id, partition, offset))
            })
            .collect()
    }

    /// Puts back what could not be saved, unless something newer was noted since.
    pub(super) fn put_back(&self, unsaved: Vec<(Arc<str>, i64, Partition, i64)>) {
        let mut inner = self.lock();
        for (group, _, partition, offset) in unsaved {
            inner.unsaved.entry((group, partition)).or_insert(offset);
        }
    }

    /// Joins a group, alone: one process needs no second member, and two would be a mistake.
    pub(super) fn join(self: &Arc<Self>, group: &str) -> Result<Membership, LogError> {
        let group: Arc<str> = group.into();
        if !self.lock().members.insert(Arc::clone(&group)) {
            return Err(LogError::Refused(format!(
                "group `{group}` is read by this process already"
            )));
        }
        Ok(Membership { state: Arc::clone(self), group })
    }
}

/// The right to read for a group, given back when dropped.
#[derive(Debug)]
pub(super) struct Membership {
    state: Arc<State>,
    /// The group.
    pub(super) group: Arc<str>,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.state.lock().members.remove(&self.group);
    }
}
