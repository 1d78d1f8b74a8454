//! A running `kith up` as a child process that can be killed and started again on what it kept.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Arc,
};

use all_in_one::{Addresses, Clients};
use chassis::{
    authn::FixedToken,
    client::{Client, ClientArgs},
};
use proto::ops::v1::consumer_group_service_client::ConsumerGroupServiceClient;
use serde_json::Value;
use tempfile::TempDir;
use testkit::{TestDatabase, TestLog};

/// Where a platform keeps things while its processes come and go.
pub(crate) struct Places {
    folder: TempDir,
    database: TestDatabase,
    log: TestLog,
}

impl Places {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, database: TestDatabase::new().await, log: TestLog::new() }
    }

    pub(crate) fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// Starts `kith up --json` and waits for its line.
    pub(crate) fn up(&self) -> Up {
        self.start(&["--log-filter", "error"], Stdio::inherit())
    }

    /// Starts it with more flags, and with every log line in the file of [`said`](Self::said).
    pub(crate) fn up_saying(&self, flags: &[&str]) -> Up {
        let log = File::create(self.log_file()).unwrap();
        self.start(flags, Stdio::from(log))
    }

    /// What the platform of [`up_saying`](Self::up_saying) wrote to standard error.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log_file()).unwrap()).into_owned()
    }

    /// Opens the event log that a stopped platform has left.
    pub(crate) async fn log(&self) -> Arc<dyn bus::Log> {
        let args = match &self.log.args().kafka_brokers {
            Some(_) => self.log.args().clone(),
            None => bus::BusArgs::local(self.data_dir().join("events.db")),
        };
        args.connect().await.unwrap()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("stderr")
    }

    fn start(&self, flags: &[&str], stderr: Stdio) -> Up {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kith"));
        command.args(["up", "--json", "--port", "0"]).args(flags).stderr(stderr);
        command.arg("--data-dir").arg(self.data_dir());
        // A reply that a killed process was sending is given up on soon.
        command.env("PROVIDER_TIMEOUT", "2s").env("DELIVERY_LEASE", "4s");
        // The databases and the log of this test, not those its environment names.
        command.env_remove("DATABASE_URL").env_remove("KAFKA_BROKERS");
        if self.database.url().starts_with("postgres") {
            command.args(["--database-url", self.database.url()]);
        }
        if let Some(brokers) = &self.log.args().kafka_brokers {
            command.args(["--kafka-brokers", brokers]);
            command.args(["--kafka-topic-prefix", &self.log.args().kafka_topic_prefix]);
            command.args(["--kafka-partitions", &self.log.args().kafka_partitions.to_string()]);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Up { child, ready }
    }
}

/// A running platform. Dropping it kills it.
pub(crate) struct Up {
    child: Child,
    pub(crate) ready: Value,
}

impl Up {
    pub(crate) fn addresses(&self) -> Addresses {
        let of = |service: &str| self.ready["services"][service].as_str().unwrap().to_owned();
        Addresses {
            customer: of("customer"),
            messaging: of("messaging"),
            social_ingest: of("social-ingest"),
            sales: of("sales"),
            analytics: of("analytics"),
            webhooks: self.webhooks(),
            traces: String::new(),
            health: Vec::new(),
        }
    }

    pub(crate) fn token(&self) -> &str {
        self.ready["token"].as_str().unwrap()
    }

    pub(crate) fn clients(&self) -> Clients {
        Clients::new(&self.addresses(), self.token()).unwrap()
    }

    /// What an operator asks each of the five services about its consumer groups.
    pub(crate) fn consumer_groups(&self) -> Vec<ConsumerGroupServiceClient<Client>> {
        let to = self.addresses();
        let tokens = Arc::new(FixedToken::new(self.token()));
        [to.customer, to.messaging, to.social_ingest, to.sales, to.analytics]
            .iter()
            .map(|url| Client::new(url, tokens.clone(), &ClientArgs::default()).unwrap())
            .map(ConsumerGroupServiceClient::new)
            .collect()
    }

    pub(crate) fn webhooks(&self) -> String {
        self.ready["webhooks"].as_str().unwrap().to_owned()
    }

    /// `kill -9`: nothing is flushed, nothing is said.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ctrl-C; returns whether it ended well.
    pub(crate) fn interrupt(mut self) -> bool {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        self.child.wait().unwrap().success()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `kith` to its end.
pub(crate) fn kith(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(args)
        .env_remove("DATABASE_URL")
        .env_remove("KAFKA_BROKERS")
        .output()
        .unwrap()
}
