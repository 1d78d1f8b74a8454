//! What differs from librdkafka's defaults, and why.

use std::time::Duration;

use rdkafka::ClientConfig;

/// Where the cluster is and how topics on it are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KafkaSettings {
    /// `host:port`, several separated by commas.
    pub brokers: String,
    /// Put before every topic and group, so that deployments can share a cluster.
    pub prefix: String,
    /// Partitions of a topic this process creates. Raising it later breaks key order.
    pub partitions: i32,
    /// Replicas of a topic this process creates; -1 leaves it to the cluster.
    pub replication: i32,
    /// How long a member may be silent before its partitions go to others.
    pub session_timeout: Duration,
}

impl KafkaSettings {
    /// A topic's or group's name on the cluster.
    pub(super) fn outside(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A topic's name without the prefix.
    pub(super) fn inside<'a>(&self, name: &'a str) -> &'a str {
        name.strip_prefix(&self.prefix).unwrap_or(name)
    }

    /// What every client is told.
    pub(super) fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("client.id", "kith")
            // A typing error must not become a topic.
            .set("allow.auto.create.topics", "false")
            // Back at work soon after an outage.
            .set("reconnect.backoff.max.ms", "2000")
            .set("topic.metadata.refresh.interval.ms", "30000");
        config
    }

    /// What the producer is told.
    pub(super) fn producer(&self) -> ClientConfig {
        let mut config = self.client();
        config
            // Retries neither reorder nor double; implies acks=all.
            .set("enable.idempotence", "true")
            // Never: a record that timed out alone would let the next of its key overtake it.
            .set("message.timeout.ms", "0")
            // The choice of Kafka's own clients, so that any producer puts a key in the same place.
            .set("partitioner", "murmur2_random")
            .set("queue.buffering.max.kbytes", "32768")
            .set("linger.ms", "1")
            .set("compression.type", "lz4");
        config
    }

    /// What a member of `group` is told.
    pub(super) fn consumer(&self, group: &str) -> ClientConfig {
        let mut config = self.client();
        config
            .set("group.id", self.outside(group))
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", self.session_timeout.as_millis().to_string())
            .set("heartbeat.interval.ms", (self.session_timeout / 4).as_millis().to_string())
            // A new consumer reads history too.
            .set("auto.offset.reset", "earliest")
            // An offset is stored by us, after the commit of the effect.
            .set("enable.auto.offset.store", "false")
            .set("enable.auto.commit", "true")
            .set("auto.commit.interval.ms", "500")
            .set("queued.max.messages.kbytes", "16384")
            // For the lag metric.
            .set("statistics.interval.ms", "15000");
        config
    }

    /// What a client that only looks is told.
    pub(super) fn observer(&self, group: &str) -> ClientConfig {
        let mut config = self.client();
        config
            .set("group.id", self.outside(group))
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.offset.store", "false")
            .set("enable.auto.commit", "false");
        config
    }
}
