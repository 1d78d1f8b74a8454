//! The embedded log: the meaning of Kafka in one append-only SQLite file, for one process.

mod file;

mod murmur2;
mod state;
mod subscription;
mod writer;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::log::{
    Delivered, Log, LogError, MAX_PAYLOAD_BYTES, Partition, Position, Record, Subscription,
};
use file::EventsFile;
use state::State;
use subscription::LocalSubscription;
use writer::Command;

/// Commands that may wait for the writer before an append waits for a place.
const WRITER_QUEUE: usize = 256;

/// A log in a file of its own. Nothing is ever deleted from it.
#[derive(Debug)]
pub struct LocalLog {
    file: Arc<EventsFile>,
    state: Arc<State>,
    partitions: i32,
    commands: mpsc::Sender<Command>,
    writer: Mutex<Option<tokio::task::JoinHandle<()>>>,
}

impl LocalLog {
    /// Opens the log at `path`, and creates it and its folder if missing.
    ///
    /// New topics get `partitions`; a topic that exists keeps its own. Fails if another process has
    /// the file open: beyond one process the log is Kafka.
    pub async fn open(path: &Path, partitions: i32) -> anyhow::Result<Self> {
        let (file, connection) = EventsFile::open(path).await?;
        let file = Arc::new(file);
        let state = Arc::new(State::load(&file).await?);
        let (commands, queue) = mpsc::channel(WRITER_QUEUE);
        let writer =
            tokio::spawn(writer::run(connection, queue, Arc::clone(&state), Arc::clone(&file)));
        Ok(Self { file, state, partitions, commands, writer: Mutex::new(Some(writer)) })
    }

    async fn command<T>(
        &self,
        make: impl FnOnce(oneshot::Sender<Result<T, LogError>>) -> Command,
    ) -> Result<T, LogError> {
        writer::ask(&self.commands, make).await
    }
}

#[async_trait]
impl Log for LocalLog {
    fn system(&self) -> &'static str {
        "kith_local"
    }

    async fn ensure_topics(&self, topics: &[&str]) -> Result<(), LogError> {
        let missing: Vec<String> = topics
            .iter()
            .filter(|topic| self.state.topic(topic).is_none())
            .map(|topic| (*topic).to_owned())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let partitions = self.partitions;
        self.command(|done| Command::CreateTopics { topics: missing, partitions, done }).await
    }

    async fn append(&self, records: &[Record]) -> Result<(), LogError> {
        if records.is_empty() {
            return Ok(());
        }
        if records.iter().any(|it| MAX_PAYLOAD_BYTES < it.payload.as_ref().map_or(0, |it| it.len()))
        {
            return Err(LogError::Refused("payload is too long".into()));
        }
        let mut topics: Vec<&str> = records.iter().map(|it| it.topic.as_str()).collect();
        topics.sort_unstable();
        topics.dedup();
        self.ensure_topics(&topics).await?;
        let records = records.to_vec();
        self.command(|done| Command::Append { records, done }).await
    }

    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Subscription>, LogError> {
        self.ensure_topics(topics).await?;
        let membership = self.state.join(group)?;
        Ok(Box::new(LocalSubscription::new(
            Arc::clone(&self.file),
            Arc::clone(&self.state),
            self.commands.clone(),
            membership,
            topics,
        )))
    }

    async fn positions(&self, group: &str, topics: &[&str]) -> Result<Vec<Position>, LogError> {
        self.ensure_topics(topics).await?;
        let mut positions = Vec::new();
        for partition in self.state.partitions(topics) {
            let stored = self.state.stored(group, &partition);
            let end = self.state.end(&partition);
            let oldest_unread = self.read(&partition, stored, 1).await?.pop().map(|it| it.time);
            positions.push(Position { partition, first: 0, stored, end, oldest_unread });
        }
        Ok(positions)
    }

    async fn read(
        &self,
        partition: &Partition,
        offset: i64,
        limit: usize,
    ) -> Result<Vec<Delivered>, LogError> {
        match self.state.topic(&partition.topic) {
            Some(topic) if offset < self.state.end(partition) => {
                self.file.read(topic.id, partition, offset, limit).await
            }
            Some(_) | None => Ok(Vec::new()),
        }
    }

    async fn close(&self) {
        let Some(writer) = self.writer.lock().await.take() else { return };
        // The writer stores what is pending before it answers; after that nothing is accepted.
        let _ = self.command(|done| Command::Close { done }).await;
        if writer.await.is_err() {
            tracing::error!("writer of the local log panicked");
        }
        self.file.close().await;
    }
}
