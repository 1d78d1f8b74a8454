//! A member of a group on the embedded log: reads what was appended, and sleeps until there is more.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use async_trait::async_trait;
use futures::future::BoxFuture;
use tokio::sync::{mpsc, watch};

use super::{
    file::EventsFile,
    state::{Membership, State},
    writer::{self, Command},
};
use crate::log::{Delivered, Incoming, LogError, Partition, Subscription};

/// Records read at once from one partition.
const PAGE: usize = 64;

/// Where this member stands in one partition.
#[derive(Debug)]
struct Cursor {
    next: i64,
    is_paused: bool,
}

type Reading = BoxFuture<'static, Result<Vec<Delivered>, LogError>>;

/// Holds every partition of its topics, because it is the only member.
pub(super) struct LocalSubscription {
    file: Arc<EventsFile>,
    state: Arc<State>,
    commands: mpsc::Sender<Command>,
    membership: Membership,
    appends: watch::Receiver<u64>,
    cursors: BTreeMap<Partition, Cursor>,
    /// Whether the partitions were announced.
    is_assigned: bool,
    page: VecDeque<Delivered>,
    /// A page on its way. Kept here, so that a cancelled wait does not begin it anew.
    reading: Option<(Partition, Reading)>,
    /// The partition read last, so that each gets its turn.
    last: Option<Partition>,
}

impl LocalSubscription {
    pub(super) fn new(
        file: Arc<EventsFile>,
        state: Arc<State>,
        commands: mpsc::Sender<Command>,
        membership: Membership,
        topics: &[&str],
    ) -> Self {
        let cursors = state
            .partitions(topics)
            .into_iter()
            .map(|partition| {
                let next = state.stored(&membership.group, &partition);
                (partition, Cursor { next, is_paused: false })
            })
            .collect();
        let appends = state.appends();
        Self {
            file,
            state,
            commands,
            membership,
            appends,
            cursors,
            is_assigned: false,
            page: VecDeque::new(),
            reading: None,
            last: None,
        }
    }

    /// The next partition after the last one that has something to read.
    fn readable(&self) -> Option<(Partition, i64)> {
        let is_readable = |entry: &(&Partition, &Cursor)| {
            !entry.1.is_paused && entry.1.next < self.state.end(entry.0)
        };
        let after = match &self.last {
            Some(last) => self
                .cursors
                .range::<Partition, _>((
                    std::ops::Bound::Excluded(last),
                    std::ops::Bound::Unbounded,
                ))
                .find(is_readable),
            None => None,
        };
        after
            .or_else(|| self.cursors.iter().find(is_readable))
            .map(|(partition, cursor)| (partition.clone(), cursor.next))
    }

    fn read(&mut self, partition: Partition, next: i64) -> Result<(), LogError> {
        let Some(topic) = self.state.topic(&partition.topic) else {
            return Err(LogError::Refused(format!("topic of `{partition}` is missing")));
        };
        let (file, from) = (Arc::clone(&self.file), partition.clone());
        let reading = async move { file.read(topic.id, &from, next, PAGE).await };
        self.reading = Some((partition, Box::pin(reading)));
        Ok(())
    }

    /// Forgets records that were read ahead but not yielded.
    fn drop_page(&mut self, partition: &Partition) {
        self.page.retain(|delivered| delivered.partition != *partition);
        self.reading.take_if(|(reading, _)| reading == partition);
    }
}

#[async_trait]
impl Subscription for LocalSubscription {
    async fn next(&mut self) -> Result<Incoming, LogError> {
        if !self.is_assigned {
            self.is_assigned = true;
            return Ok(Incoming::Assigned(self.cursors.keys().cloned().collect()));
        }
        loop {
            if let Some(delivered) = self.page.pop_front() {
                if let Some(cursor) = self.cursors.get_mut(&delivered.partition) {
                    cursor.next = delivered.offset + 1;
                }
                return Ok(Incoming::Record(delivered));
            }
            if let Some((partition, reading)) = &mut self.reading {
                let page = reading.await;
                self.last = Some(partition.clone());
                self.reading = None;
                self.page = page?.into();
                continue;
            }
            // Seen before looking, so that an append in between is not slept through.
            self.appends.borrow_and_update();
            match self.readable() {
                Some((partition, next)) => self.read(partition, next)?,
                None => self.appends.changed().await.map_err(|_| LogError::Closed)?,
            }
        }
    }

    fn pause(&mut self, partition: &Partition) {
        self.drop_page(partition);
        if let Some(cursor) = self.cursors.get_mut(partition) {
            cursor.is_paused = true;
        }
    }

    fn resume(&mut self, partition: &Partition) {
        if let Some(cursor) = self.cursors.get_mut(partition) {
            cursor.is_paused = false;
        }
    }

    fn store(&mut self, partition: &Partition, offset: i64) {
        self.state.store(&self.membership.group, partition, offset);
    }

    async fn rewind(&mut self, partition: &Partition, offset: i64) -> Result<(), LogError> {
        let offset = offset.clamp(0, self.state.end(partition));
        self.drop_page(partition);
        if let Some(cursor) = self.cursors.get_mut(partition) {
            cursor.next = offset;
        }
        self.state.store(&self.membership.group, partition, offset);
        writer::ask(&self.commands, |done| Command::Save { done }).await
    }

    fn end(&self, partition: &Partition) -> Option<i64> {
        Some(self.state.end(partition))
    }

    async fn close(self: Box<Self>) {
        if let Err(error) = writer::ask(&self.commands, |done| Command::Save { done }).await {
            tracing::warn!(%error, "cannot save the offsets of a group");
        }
    }
}
