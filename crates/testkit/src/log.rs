//! A log of a test's own: a local file, or topics of a prefix on Kafka that go when the test ends.

use std::{sync::Arc, time::Duration};

use bus::{BusArgs, Log};
use rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions},
    client::DefaultClientContext,
    error::KafkaResult,
};
use tempfile::TempDir;

use crate::outside;

const PREFIX: &str = "kith-test-";

/// Enough for keys to part ways, few enough for hundreds of tests on one broker.
const PARTITIONS: i32 = 3;

const TIMEOUT: Duration = Duration::from_secs(10);

/// An empty log that nobody else uses. What is in it goes when this is dropped.
#[derive(Debug)]
pub struct TestLog {
    args: BusArgs,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder { _folder: TempDir },
    Cluster { brokers: String, prefix: String },
}

impl Default for TestLog {
    fn default() -> Self {
        Self::new()
    }
}

impl TestLog {
    /// Finds a place for the log without opening it, for a process that is to open it itself.
    pub fn new() -> Self {
        let (args, place) = match outside::kafka_brokers() {
            None => {
                let folder = tempfile::tempdir().expect("make a folder for the log");
                (BusArgs::local(folder.path().join("events.db")), Place::Folder { _folder: folder })
            }
            Some(brokers) => {
                let prefix = format!("{}.", outside::unique(PREFIX));
                (BusArgs::kafka(&brokers, &prefix), Place::Cluster { brokers, prefix })
            }
        };
        Self { args: args.with_partitions(PARTITIONS), place }
    }

    /// Finds a place for the log and opens it.
    pub async fn start() -> (Self, Arc<dyn Log>) {
        let place = Self::new();
        let log = place.connect().await;
        (place, log)
    }

    /// The settings that lead to it.
    pub fn args(&self) -> &BusArgs {
        &self.args
    }

    /// Opens it. The local log can be open once at a time.
    pub async fn connect(&self) -> Arc<dyn Log> {
        self.args.connect().await.expect("open the test's log")
    }
}

impl Drop for TestLog {
    fn drop(&mut self) {
        let Place::Cluster { brokers, prefix } = &self.place else { return };
        let (brokers, prefix) = (brokers.clone(), prefix.clone());
        // The cluster may be gone on purpose. Whatever stays is left over for a later run.
        outside::finish(async move {
            let _ = remove_topics(&brokers, &prefix).await;
        });
    }
}

/// Removes the topics of `prefix`, and those that killed runs have left.
async fn remove_topics(brokers: &str, prefix: &str) -> KafkaResult<()> {
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", brokers).create()?;
    let metadata = admin.inner().fetch_metadata(None, TIMEOUT)?;
    let names = metadata.topics().iter().map(|it| it.name());
    let goes =
        |it: &&str| it.starts_with(prefix) || outside::is_left_over(it, PREFIX, outside::now());
    let names: Vec<&str> = names.filter(goes).collect();
    if !names.is_empty() {
        let options = AdminOptions::new().request_timeout(Some(TIMEOUT));
        admin.delete_topics(&names, &options).await?;
    }
    Ok(())
}
