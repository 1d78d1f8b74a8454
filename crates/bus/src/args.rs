//! Where events go: a Kafka cluster if one is named, else a file of this process.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;

use crate::{
    kafka::{KafkaLog, KafkaSettings},
    local::LocalLog,
    log::Log,
};

/// Settings of the event log.
#[derive(Clone, Debug, clap::Args)]
pub struct BusArgs {
    /// Kafka brokers, `host:port` separated by commas. Without it, events stay in `EVENTS_FILE`.
    #[arg(long, env = "KAFKA_BROKERS")]
    pub kafka_brokers: Option<String>,

    /// Put before every topic and group, so that deployments can share a cluster.
    #[arg(long, env = "KAFKA_TOPIC_PREFIX", default_value = "")]
    pub kafka_topic_prefix: String,

    /// Partitions of a new topic. Changing it for an existing one would break the order of its keys.
    #[arg(long, env = "KAFKA_PARTITIONS", default_value_t = Self::PARTITIONS)]
    #[arg(value_parser = clap::value_parser!(i32).range(1..=1_000))]
    pub kafka_partitions: i32,

    /// Replicas of a new topic; -1 leaves it to the cluster. In production 3, with `min.insync.replicas` 2.
    #[arg(long, env = "KAFKA_REPLICATION", default_value_t = Self::REPLICATION)]
    #[arg(value_parser = clap::value_parser!(i32).range(-1..=100), allow_hyphen_values = true)]
    pub kafka_replication: i32,

    /// How long a consumer may be silent before its partitions go to another.
    #[arg(long, env = "KAFKA_SESSION_TIMEOUT", default_value = "10s")]
    #[arg(value_parser = chassis::duration::parse)]
    pub kafka_session_timeout: Duration,

    /// File of the embedded log, used by one process at a time when there is no Kafka.
    #[arg(long, env = "EVENTS_FILE", default_value = "events.db")]
    pub events_file: PathBuf,
}

impl BusArgs {
    const PARTITIONS: i32 = 12;
    const REPLICATION: i32 = -1;

    /// The default settings for the embedded log in `events_file`.
    pub fn local(events_file: impl Into<PathBuf>) -> Self {
        Self {
            kafka_brokers: None,
            kafka_topic_prefix: String::new(),
            kafka_partitions: Self::PARTITIONS,
            kafka_replication: Self::REPLICATION,
            kafka_session_timeout: Duration::from_secs(10),
            events_file: events_file.into(),
        }
    }

    /// The default settings for the cluster at `brokers`.
    pub fn kafka(brokers: impl Into<String>, prefix: impl Into<String>) -> Self {
        Self {
            kafka_brokers: Some(brokers.into()),
            kafka_topic_prefix: prefix.into(),
            ..Self::local("events.db")
        }
    }

    /// The same settings with another number of partitions for new topics.
    #[must_use]
    pub fn with_partitions(self, partitions: i32) -> Self {
        Self { kafka_partitions: partitions, ..self }
    }

    /// Opens the log. A Kafka cluster that is away is not an error; a file in use elsewhere is.
    pub async fn connect(&self) -> anyhow::Result<Arc<dyn Log>> {
        match &self.kafka_brokers {
            Some(brokers) => Ok(Arc::new(KafkaLog::new(KafkaSettings {
                brokers: brokers.clone(),
                prefix: self.kafka_topic_prefix.clone(),
                partitions: self.kafka_partitions,
                replication: self.kafka_replication,
                session_timeout: self.kafka_session_timeout,
            }))),
            None => {
                let log = LocalLog::open(&self.events_file, self.kafka_partitions).await;
                Ok(Arc::new(log.context("open event log")?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        bus: BusArgs,
    }

    #[test]
    fn flags_left_out_have_the_default_settings() {
        let parsed = Command::parse_from(["x"]).bus;
        let built = BusArgs::local("events.db");

        assert_eq!(parsed.kafka_partitions, built.kafka_partitions);
        assert_eq!(parsed.kafka_replication, built.kafka_replication);
        assert_eq!(parsed.kafka_session_timeout, built.kafka_session_timeout);
        assert_eq!(parsed.events_file, built.events_file);
        assert_eq!(
            Command::parse_from(["x", "--kafka-replication", "-1"]).bus.kafka_replication,
            -1
        );
    }
}
