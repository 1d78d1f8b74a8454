//! The log as the rest of this crate sees it: append, subscribe, and nothing that says Kafka or SQLite.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};

/// Longest payload a record may carry: below what every broker takes by default (1 MiB with headers).
pub const MAX_PAYLOAD_BYTES: usize = 900 * 1024;

/// One record as it stands on the wire: CloudEvents headers, a key and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Topic without the deployment's prefix.
    pub topic: String,
    /// What decides the partition; records of one key keep their order.
    pub key: Option<Bytes>,
    /// Headers in order; a name may come twice.
    pub headers: Vec<(String, Bytes)>,
    /// The event itself. Absent in a tombstone, which only a foreign producer writes.
    pub payload: Option<Bytes>,
}

impl Record {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&Bytes> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value)
    }

    /// Bytes that this record keeps in memory, about.
    pub fn size_bytes(&self) -> usize {
        let headers: usize =
            self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        headers
            + self.key.as_ref().map_or(0, Bytes::len)
            + self.payload.as_ref().map_or(0, Bytes::len)
    }
}

/// A partition of a topic: the unit of order and of assignment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// Topic without the deployment's prefix.
    pub topic: Arc<str>,
    /// Number within the topic, from 0.
    pub number: i32,
}

impl Partition {
    /// Names partition `number` of `topic`.
    pub fn new(topic: &str, number: i32) -> Self {
        Self { topic: topic.into(), number }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.topic, self.number)
    }
}

/// A record read back, with the place it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Where it lies.
    pub partition: Partition,
    /// Its place within the partition.
    pub offset: i64,
    /// When the log took it, by the log's clock.
    pub time: DateTime<Utc>,
    /// What was appended.
    pub record: Record,
}

/// What a subscription yields next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The next record of a partition this member holds.
    Record(Delivered),
    /// Partitions this member reads from now on, from each one's stored offset.
    Assigned(Vec<Partition>),
    /// Partitions another member reads from now on.
    Revoked(Vec<Partition>),
}

/// How far a group has come in one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The partition.
    pub partition: Partition,
    /// Offset of the oldest record still there.
    pub first: i64,
    /// Offset of the next record the group will read after a restart.
    pub stored: i64,
    /// Offset that the next appended record will get.
    pub end: i64,
    /// When the log took the oldest record the group has not finished, if there is one.
    pub oldest_unread: Option<DateTime<Utc>>,
}

impl Position {
    /// Records the group has not finished.
    pub fn lag(&self) -> u64 {
        u64::try_from(self.end - self.stored).unwrap_or(0)
    }
}

/// Every way the log fails, named by what the caller can do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogError {
    /// An outage: the same call may succeed later.
    #[error("log is unavailable: {0}")]
    Unavailable(String),
    /// The log will never take this: too large, a bad name, a setting it refuses.
    #[error("log refused: {0}")]
    Refused(String),
    /// [`Log::close`] was called.
    #[error("log is closed")]
    Closed,
}

/// An append-only log of topics, partitions and groups: at least once, in order per key.
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// What `messaging.system` says in telemetry.
    fn system(&self) -> &'static str;

    /// Creates the topics that do not exist yet, with the partitions this log was set up with.
    async fn ensure_topics(&self, topics: &[&str]) -> Result<(), LogError>;

    /// Appends in the order given and returns when all of it is durable.
    ///
    /// On an error some of it may be there; appending all of it again keeps the order in which the
    /// records of a key are *first* seen.
    async fn append(&self, records: &[Record]) -> Result<(), LogError>;

    /// Joins `group` and reads `topics`. Creates the topics first.
    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Subscription>, LogError>;

    /// How far `group` has come in every partition of `topics`.
    async fn positions(&self, group: &str, topics: &[&str]) -> Result<Vec<Position>, LogError>;

    /// Reads at most `limit` records of one partition from `offset` on, without a group.
    async fn read(
        &self,
        partition: &Partition,
        offset: i64,
        limit: usize,
    ) -> Result<Vec<Delivered>, LogError>;

    /// Makes durable what is pending and lets go of files and connections.
    async fn close(&self);
}

/// One member of a group. Dropping it leaves the group and stores nothing more.
#[async_trait]
pub trait Subscription: Send {
    /// Waits for what comes next. May be cancelled without losing anything.
    async fn next(&mut self) -> Result<Incoming, LogError>;

    /// Stops yielding records of `partition` until [`resume`](Self::resume).
    ///
    /// A record already taken from [`next`](Self::next) stays taken: nothing is yielded twice.
    fn pause(&mut self, partition: &Partition);

    /// Yields records of `partition` again, from where it was paused.
    fn resume(&mut self, partition: &Partition);

    /// Notes that everything before `offset` is finished; made durable soon and at [`close`](Self::close).
    ///
    /// Ignored for a partition this member no longer holds.
    fn store(&mut self, partition: &Partition, offset: i64);

    /// Moves the group back or forth to `offset` and returns once that is durable.
    async fn rewind(&mut self, partition: &Partition, offset: i64) -> Result<(), LogError>;

    /// Offset that the next appended record of `partition` will get, as far as this member knows.
    fn end(&self, partition: &Partition) -> Option<i64>;

    /// Makes the stored offsets durable and leaves the group.
    async fn close(self: Box<Self>);
}
