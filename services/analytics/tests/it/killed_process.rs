//! A process that is killed with -9 in the middle of a rebuild, and one that goes on where it was.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use analytics::Migrator;
use bus::{BusArgs, Message, outbox, relay};
use chassis::{authn::Role, database::Database, tenant::TenantId};
use proto::analytics::v1::{
    GetProjectionRequest, RebuildProjectionRequest, projection::State,
    projection_service_client::ProjectionServiceClient,
};
use sea_orm::{ConnectionTrait, Statement};
use testkit::{TestDatabase, TestIssuer, TestLog, client, eventually, listener};
use uuid::Uuid;

use crate::{
    harness::{FACTS, table, time},
    story::received,
};

/// A process, which does not outlive the test.
struct Process(Child);

impl Process {
    async fn start(
        database: &TestDatabase,
        bus: &BusArgs,
        issuer: &TestIssuer,
    ) -> (Self, SocketAddr) {
        // Two ports that are free once these are dropped.
        let (grpc, health) = (listener().await, listener().await);
        let (grpc, health) = (grpc.local_addr().unwrap(), health.local_addr().unwrap());
        let setting = issuer.issuer().setting();
        let issuers = format!("{}|EdDSA|{}|{}", setting.issuer, setting.jwks, setting.audience);
        let mut command = Command::new(env!("CARGO_BIN_EXE_analytics"));
        command
            .env("LISTEN_ADDR", grpc.to_string())
            .env("HEALTH_ADDR", health.to_string())
            .env("DATABASE_URL", database.url())
            .env("OIDC_ISSUERS", issuers)
            .env("EVENTS_FILE", &bus.events_file)
            .env("KAFKA_TOPIC_PREFIX", &bus.kafka_topic_prefix)
            .env("KAFKA_PARTITIONS", bus.kafka_partitions.to_string())
            .env_remove("KAFKA_BROKERS")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(brokers) = &bus.kafka_brokers {
            command.env("KAFKA_BROKERS", brokers);
        }
        (Self(command.spawn().unwrap()), grpc)
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn rows(db: &Database, generation: i32) -> usize {
    let txn = db.read_system().await.unwrap();
    let select = format!("SELECT 1 FROM facts WHERE generation = {generation}");
    txn.query_all_raw(Statement::from_string(db.backend(), select)).await.unwrap().len()
}

/// Publishes so many messages of other services, and lets go of the log.
async fn publish(place: &TestLog, tenant: TenantId, messages: u32) {
    let log = place.connect().await;
    let (_elsewhere, db) = TestDatabase::migrated::<Migrator>().await;
    let event = |number: u32| {
        let event = received(number % 20, number);
        let version = u64::from(number / 20 + 1);
        Message::of(tenant, event.conversation.clone(), version, time("21T10:00:00"), &event)
    };
    let txn = db.begin(tenant).await.unwrap();
    outbox::append(&txn, &(0..messages).map(event).collect::<Vec<_>>()).await.unwrap();
    txn.commit().await.unwrap();
    relay::drain(&db, &log).await.unwrap();
    log.close().await;
}

#[tokio::test]
async fn a_process_killed_in_the_middle_of_a_rebuild_finishes_it_afterwards() {
    let (database, db) = TestDatabase::migrated::<Migrator>().await;
    let (place, issuer) = (TestLog::new(), TestIssuer::new());
    let tenant = TenantId::new(Uuid::now_v7());
    publish(&place, tenant, 600).await;
    let facts = 600 * 4;
    let projections =
        |address| ProjectionServiceClient::new(client(address, issuer.token(tenant, Role::Admin)));
    let (mut process, address) = Process::start(&database, place.args(), &issuer).await;
    eventually("the first generation", || async { rows(&db, 1).await == facts }).await;
    let before = table(&db, 1).await;
    let request = RebuildProjectionRequest { name: FACTS.to_owned(), request_id: String::new() };
    projections(address).rebuild_projection(request).await.unwrap();

    // Killed over and over, each time further on.
    let mut kills = 0;
    for part in 0..3 {
        eventually("more of the second generation", || async {
            facts * part / 4 < rows(&db, 2).await
        })
        .await;
        process.kill();
        kills += usize::from(rows(&db, 2).await < facts);
        (process, _) = Process::start(&database, place.args(), &issuer).await;
    }
    process.kill();
    let (_process, address) = Process::start(&database, place.args(), &issuer).await;

    eventually("the second generation to be in use", || async {
        let request = GetProjectionRequest { name: FACTS.to_owned() };
        let answer = projections(address).get_projection(request).await;
        answer.is_ok_and(|it| it.get_ref().generation == 2 && it.get_ref().state() == State::Live)
    })
    .await;
    assert_eq!(table(&db, 2).await, before);
    assert!(kills != 0, "no kill came in the middle");
}
