//! The five services as separate processes on PostgreSQL and Kafka: the journey, and `kill -9` of all of them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[path = "../journey/world.rs"]
#[expect(dead_code, reason = "the journey uses more of it")]
mod world;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use all_in_one::Addresses;
use proto::messaging::v1::message::State;
use serde_json::Value;
use tempfile::TempDir;
use testkit::{TestDatabase, TestLog};

use world::World;

const QUESTION: &str = "请帮我查询订单状态";

#[tokio::test]
async fn five_processes_answer_a_customer_and_lose_nothing_when_all_are_killed() {
    let processes = Processes::new().await;
    let ready = processes.up();
    let world = World::at(addresses(&ready), ready["token"].as_str().unwrap()).await;
    world.order("oFirst").await;
    world.write("oFirst", QUESTION).await;
    assert_eq!(world.messages("oFirst", 2).await[1].state(), State::Sent);

    let people: Vec<String> = (0..10).map(|number| format!("oCustomer{number}")).collect();
    for (index, openid) in people.iter().enumerate() {
        world.order(openid).await;
        world.write(openid, QUESTION).await;
        if index % 4 == 3 {
            processes.kill();
            processes.up();
        }
    }

    for openid in &people {
        let messages = world.messages(openid, 2).await;
        assert!(matches!(messages[1].state(), State::Sent | State::Unknown), "{messages:?}");
        let sent = world.emulator.sent().into_iter().filter(|it| it.openid == *openid).count();
        let may_be = if messages[1].state() == State::Sent { 1..=1 } else { 0..=1 };
        assert!(may_be.contains(&sent), "{openid} was sent {sent} replies");
    }
    let stored = i64::try_from(people.len()).unwrap() + 1;
    let health = world.quiet(stored).await;
    assert_eq!((health.stored, health.projected, health.gap), (stored, stored, 0));
}

/// The processes of `deploy/processes`, on a database and topics of their own.
struct Processes {
    state: TempDir,
    port: u16,
    database: TestDatabase,
    log: TestLog,
}

impl Processes {
    async fn new() -> Self {
        let (database, log) = (TestDatabase::new().await, TestLog::new());
        assert!(
            database.url().starts_with("postgres") && log.args().kafka_brokers.is_some(),
            "set DATABASE_URL and KAFKA_BROKERS: five processes meet on Kafka only"
        );
        Self { state: tempfile::tempdir().unwrap(), port: free_ports(), database, log }
    }

    fn up(&self) -> Value {
        let args = self.log.args();
        let output = self
            .script("up")
            .env("PORT", self.port.to_string())
            .env("BIN", programs())
            .env("DATABASE_URL", self.database.url())
            .env("KAFKA_BROKERS", args.kafka_brokers.clone().unwrap())
            .env("KAFKA_TOPIC_PREFIX", &args.kafka_topic_prefix)
            .env("KAFKA_PARTITIONS", args.kafka_partitions.to_string())
            .env("DATABASE_MAX_CONNECTIONS", "5")
            .env("PROVIDER_TIMEOUT", "2s")
            .env("DELIVERY_LEASE", "4s")
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success(), "`deploy/processes/up` failed");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// `kill -9` of all five.
    fn kill(&self) {
        for entry in fs::read_dir(self.state.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "pid") {
                let pid = fs::read_to_string(&path).unwrap();
                Command::new("kill").args(["-KILL", pid.trim()]).status().unwrap();
                fs::remove_file(path).unwrap();
            }
        }
    }

    fn script(&self, name: &str) -> Command {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut command = Command::new(root.join("deploy/processes").join(name));
        command.env("STATE", self.state.path());
        command
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        let _ = self.script("down").status();
    }
}

/// Where cargo puts programs: two folders above this test.
fn programs() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().to_owned()
}

/// The first of twenty ports that nobody listens on, below those that the system gives out by itself.
fn free_ports() -> u16 {
    let is_free = |port| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
    (12_000..20_000)
        .step_by(20)
        .map(|first| first + u16::try_from(std::process::id() % 20).unwrap())
        .find(|first| (*first..first + 16).all(is_free))
        .unwrap()
}

fn addresses(ready: &Value) -> Addresses {
    let of = |service: &str| ready["services"][service].as_str().unwrap().to_owned();
    Addresses {
        customer: of("customer"),
        messaging: of("messaging"),
        social_ingest: of("social-ingest"),
        sales: of("sales"),
        analytics: of("analytics"),
        webhooks: ready["webhooks"].as_str().unwrap().to_owned(),
        traces: String::new(),
        health: Vec::new(),
    }
}
