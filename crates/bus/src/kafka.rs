//! The log on Apache Kafka; nothing outside this room names a type of the Kafka client.

mod context;
mod convert;
mod dispose;
mod inspect;
mod producer;
mod settings;
mod subscription;
mod topics;

use std::collections::HashSet;

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::log::{
    Delivered, Log, LogError, MAX_PAYLOAD_BYTES, Partition, Position, Record, Subscription,
};
use producer::Sender;
pub use settings::KafkaSettings;
use subscription::KafkaSubscription;

/// A log on a Kafka cluster.
#[derive(Debug)]
pub struct KafkaLog {
    settings: KafkaSettings,
    /// Topics known to exist.
    topics: Mutex<HashSet<String>>,
    sender: Sender,
}

impl KafkaLog {
    /// Sets up the log. Nothing is sent yet: a cluster that is away is not an error.
    pub fn new(settings: KafkaSettings) -> Self {
        let sender = Sender::start(settings.clone());
        Self { settings, topics: Mutex::default(), sender }
    }
}

#[async_trait]
impl Log for KafkaLog {
    fn system(&self) -> &'static str {
        "kafka"
    }

    async fn ensure_topics(&self, topics: &[&str]) -> Result<(), LogError> {
        let mut known = self.topics.lock().await;
        let missing: Vec<&str> =
            topics.iter().copied().filter(|topic| !known.contains(*topic)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        topics::create(&self.settings, &missing).await?;
        known.extend(missing.into_iter().map(str::to_owned));
        Ok(())
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
        self.sender.send(records.to_vec()).await
    }

    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Subscription>, LogError> {
        self.ensure_topics(topics).await?;
        Ok(Box::new(KafkaSubscription::join(&self.settings, group, topics)?))
    }

    async fn positions(&self, group: &str, topics: &[&str]) -> Result<Vec<Position>, LogError> {
        self.ensure_topics(topics).await?;
        inspect::positions(self.settings.clone(), group, topics).await
    }

    async fn read(
        &self,
        partition: &Partition,
        offset: i64,
        limit: usize,
    ) -> Result<Vec<Delivered>, LogError> {
        self.ensure_topics(&[&partition.topic]).await?;
        inspect::read(self.settings.clone(), partition.clone(), offset, limit).await
    }

    async fn close(&self) {
        self.sender.close().await;
    }
}
