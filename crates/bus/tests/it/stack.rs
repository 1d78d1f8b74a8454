//! One database and one log of a test's own, and the shortest way to say and hear something.

use std::sync::Arc;

use bus::{
    ErasedHandler, Log, Message,
    consumer::{self, Tally},
    outbox, relay,
};
use chassis::{clock::Clock, database::Database, tenant::TenantId};
use chrono::DateTime;
use prost::Message as _;
use proto::Event;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager};
use testkit::{TestDatabase, TestLog};
use uuid::Uuid;

pub(crate) const TOPIC: &str = "kith.test.v1";
pub(crate) const NOTED: &str = "kith.test.v1.NoteTaken";

/// The event of these tests.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct NoteTaken {
    #[prost(string, tag = "1")]
    pub(crate) text: String,
}

impl Event for NoteTaken {
    const TYPE: &'static str = NOTED;
    const TOPIC: &'static str = TOPIC;
}

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = chassis::migrations();
        migrations.extend(bus::migrations());
        migrations.push(Box::new(CreateEffects));
        migrations
    }
}

struct CreateEffects;

impl MigrationName for CreateEffects {
    fn name(&self) -> &'static str {
        "m20260902_000001_create_effects"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateEffects {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let position = match connection.get_database_backend() {
            sea_orm::DbBackend::Postgres => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            _ => "INTEGER PRIMARY KEY AUTOINCREMENT",
        };
        let create = format!(
            "CREATE TABLE effects (
                position {position}, consumer TEXT NOT NULL, aggregate TEXT NOT NULL, version BIGINT NOT NULL
            )"
        );
        connection.execute_unprepared(&create).await?;
        Ok(())
    }
}

/// A database, a log and what is done with them.
pub(crate) struct Stack {
    pub(crate) db: Database,
    pub(crate) log: Arc<dyn Log>,
    pub(crate) clock: Clock,
    pub(crate) tenant: TenantId,
    _place: TestLog,
    _database: TestDatabase,
}

impl Stack {
    pub(crate) async fn start() -> Self {
        let (database, db) = TestDatabase::migrated::<Migrator>().await;
        let (place, log) = TestLog::start().await;
        let tenant = TenantId::new(Uuid::new_v4());
        Self { db, log, clock: Clock::system(), tenant, _place: place, _database: database }
    }

    pub(crate) fn is_kafka(&self) -> bool {
        self.log.system() == "kafka"
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.db.backend() == sea_orm::DbBackend::Postgres
    }

    /// A note about `aggregate`.
    pub(crate) fn note(&self, aggregate: &str, version: u64) -> Message {
        let event = NoteTaken { text: format!("{aggregate} {version}") };
        Message::of(self.tenant, aggregate, version, self.clock.now(), &event)
    }

    /// Commits notes to the outbox.
    pub(crate) async fn commit(&self, messages: &[Message]) {
        let txn = self.db.begin(self.tenant).await.unwrap();
        outbox::append(&txn, messages).await.unwrap();
        txn.commit().await.unwrap();
        self.db.wake();
    }

    /// Commits notes and publishes them.
    pub(crate) async fn announce(&self, messages: &[Message]) {
        self.commit(messages).await;
        relay::drain(&self.db, &self.log).await.unwrap();
    }

    /// Commits and publishes versions 1 to `versions` of each aggregate, interleaved.
    pub(crate) async fn announce_versions(&self, aggregates: &[&str], versions: u64) {
        for version in 1..=versions {
            let notes: Vec<Message> =
                aggregates.iter().map(|aggregate| self.note(aggregate, version)).collect();
            self.announce(&notes).await;
        }
    }

    /// Lets the handler hear everything that is in the log.
    pub(crate) async fn hear(&self, handler: &Arc<dyn ErasedHandler>) -> Tally {
        let handlers = [Arc::clone(handler)];
        consumer::drain(&self.db, &self.log, &handlers, &self.clock).await.unwrap()
    }

    /// The versions of `aggregate` that took effect for `group`, in that order.
    pub(crate) async fn effects(&self, group: &str, aggregate: &str) -> Vec<i64> {
        self.effects_of(group)
            .await
            .into_iter()
            .filter(|(other, _)| other == aggregate)
            .map(|(_, version)| version)
            .collect()
    }

    /// Every effect for `group`, in order.
    pub(crate) async fn effects_of(&self, group: &str) -> Vec<(String, i64)> {
        let txn = self.db.read_system().await.unwrap();
        let select = "SELECT consumer, aggregate, version FROM effects ORDER BY position";
        let statement = Statement::from_string(self.db.backend(), select);
        let rows = txn.query_all_raw(statement).await.unwrap();
        rows.iter()
            .filter(|row| row.try_get::<String>("", "consumer").unwrap() == group)
            .map(|row| (row.try_get("", "aggregate").unwrap(), row.try_get("", "version").unwrap()))
            .collect()
    }

    /// Runs a statement as the system does, and returns how many rows it changed.
    pub(crate) async fn execute(&self, sql: &str) -> u64 {
        let txn = self.db.begin_system().await.unwrap();
        let changed = txn.execute_unprepared(sql).await.unwrap().rows_affected();
        txn.commit().await.unwrap();
        changed
    }

    /// The single number that a query returns.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let txn = self.db.read_system().await.unwrap();
        let select = format!("SELECT count(*) AS rows FROM {table}");
        let statement = Statement::from_string(self.db.backend(), select);
        txn.query_one_raw(statement).await.unwrap().unwrap().try_get("", "rows").unwrap()
    }

    /// Every record of a topic, partition by partition.
    pub(crate) async fn records(&self, topic: &str) -> Vec<bus::log::Delivered> {
        let mut records = Vec::new();
        for position in self.log.positions("nobody", &[topic]).await.unwrap() {
            records.extend(self.log.read(&position.partition, 0, 1_000).await.unwrap());
        }
        records
    }
}

/// A record that is no event of ours.
pub(crate) fn garbage(key: &str) -> bus::log::Record {
    bus::log::Record {
        topic: TOPIC.into(),
        key: Some(key.to_owned().into()),
        headers: vec![("ce_type".into(), NOTED.into()), ("x".into(), "y".into())],
        payload: Some("?".into()),
    }
}

/// A note whose bytes are not one.
pub(crate) fn broken_note(stack: &Stack, aggregate: &str, version: u64) -> Message {
    let payload = vec![0xff; 4].into();
    assert!(NoteTaken::decode([0xff; 4].as_slice()).is_err());
    Message { payload, ..stack.note(aggregate, version) }
}

/// A fixed time, for tests that need one.
pub(crate) fn a_time() -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap()
}
