//! Connecting: folders, migrations, refused settings, restarts, waking.

use chassis::database::{Database, DatabaseArgs};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait};

use crate::harness::{ADA, CreateNotes, Migrator, TestDatabase, add_note, count_notes};

#[tokio::test]
async fn what_was_committed_is_there_after_a_restart() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let txn = db.begin(ADA).await.unwrap();
    add_note(&txn, ADA, "kept").await.unwrap();
    txn.commit().await.unwrap();
    let txn = db.begin(ADA).await.unwrap();
    add_note(&txn, ADA, "dropped").await.unwrap();
    drop(txn);
    db.close().await;

    let db = test.connect().await;

    assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 1);
}

#[tokio::test]
async fn processes_that_start_at_once_migrate_once() {
    let test = TestDatabase::new().await;

    let (first, second, third) = tokio::join!(test.connect(), test.connect(), test.connect());

    let txn = third.begin(ADA).await.unwrap();
    add_note(&txn, ADA, "one").await.unwrap();
    txn.commit().await.unwrap();
    assert_eq!(count_notes(&first.read(ADA).await.unwrap()).await, 1);
    assert_eq!(count_notes(&second.read(ADA).await.unwrap()).await, 1);
}

#[tokio::test]
async fn several_databases_of_one_cluster_start_at_once() {
    let tests = futures::future::join_all((0..4).map(|_| TestDatabase::new())).await;

    let connected = futures::future::join_all(tests.iter().map(TestDatabase::connect)).await;

    for db in connected {
        assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 0);
    }
}

#[tokio::test]
async fn a_transaction_for_reading_sees_one_snapshot_and_cannot_write() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let reading = db.read(ADA).await.unwrap();
    assert_eq!(count_notes(&reading).await, 0);

    let txn = db.begin(ADA).await.unwrap();
    add_note(&txn, ADA, "later").await.unwrap();
    txn.commit().await.unwrap();

    assert_eq!(count_notes(&reading).await, 0);
    add_note(&reading, ADA, "not allowed").await.unwrap_err();
    drop(reading);
    assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 1);
}

#[tokio::test]
async fn writers_wait_for_each_other() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;

    let writers = (0..16).map(|number| {
        let db = db.clone();
        tokio::spawn(async move {
            let txn = db.begin(ADA).await?;
            count_notes(&txn).await;
            add_note(&txn, ADA, &number.to_string()).await?;
            txn.commit().await
        })
    });
    for outcome in futures::future::join_all(writers).await {
        outcome.unwrap().unwrap();
    }

    assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 16);
}

#[tokio::test]
async fn durable_settings_are_on() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let txn = db.begin(ADA).await.unwrap();

    match db.backend() {
        DbBackend::Sqlite => {
            assert_eq!(text(&txn, "PRAGMA journal_mode").await, "wal");
            assert_eq!(number(&txn, "PRAGMA synchronous").await, 2);
            assert_eq!(number(&txn, "PRAGMA foreign_keys").await, 1);
            assert_eq!(number(&txn, "PRAGMA busy_timeout").await, 5_000);
        }
        DbBackend::Postgres => {
            assert_eq!(text(&txn, "SELECT current_user::text").await, "kith_app");
            assert_eq!(text(&txn, "SHOW transaction_isolation").await, "read committed");
            assert_eq!(text(&txn, "SHOW statement_timeout").await, "10s");
            assert_eq!(text(&txn, "SHOW lock_timeout").await, "5s");
            assert_eq!(text(&txn, "SHOW idle_in_transaction_session_timeout").await, "30s");
            assert_eq!(text(&txn, "SHOW application_name").await, "kith");
            assert_eq!(text(&txn, "SHOW timezone").await, "UTC");
        }
        other => panic!("no settings are known for {other:?}"),
    }
}

#[tokio::test]
async fn a_database_that_was_restarted_is_used_again_without_an_error() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    warm(&db).await;
    if test.is_postgres() {
        test.as_owner(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
    }

    let reads = (0..4).map(|_| db.read(ADA));

    for outcome in futures::future::join_all(reads).await {
        outcome.unwrap();
    }
}

/// Opens every connection of the pool.
async fn warm(db: &Database) {
    let reads = (0..4).map(|_| db.read(ADA));
    for txn in futures::future::join_all(reads).await {
        txn.unwrap().rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_failed_migration_leaves_nothing_behind() {
    let test = TestDatabase::new().await;

    let error = test.args.connect::<Halfway>().await.unwrap_err();
    let db = test.connect().await;

    assert!(format!("{error:#}").contains("apply migrations"), "{error:#}");
    assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 0);
}

/// A migrator whose last migration makes the table and then fails, as if the process was killed.
struct Halfway;

impl MigratorTrait for Halfway {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = chassis::migrations();
        migrations.push(Box::new(FailAfterNotes));
        migrations
    }
}

struct FailAfterNotes;

impl MigrationName for FailAfterNotes {
    fn name(&self) -> &str {
        "fail_after_notes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for FailAfterNotes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        CreateNotes.up(manager).await?;
        manager.get_connection().execute_unprepared("this is not SQL").await?;
        Ok(())
    }
}

#[tokio::test]
async fn an_unusable_url_is_refused_without_repeating_it() {
    #[track_caller]
    fn check(error: anyhow::Error, expected: &str) {
        let words = format!("{error:#} {error:?}");
        assert!(words.contains(expected), "{words}");
        assert!(!words.contains("secret"), "{words}");
    }

    for (url, expected) in [
        ("sqlite::memory:", "must name a file"),
        ("sqlite://:memory:", "must name a file"),
        ("sqlite://", "must name a file"),
        ("sqlite://secret.db?mode=memory", "must name a file"),
        ("mysql://user:secret@localhost/kith", "must begin with"),
        ("secret", "must begin with"),
        ("postgres://user:secret@[nowhere", "is not a PostgreSQL URL"),
    ] {
        check(DatabaseArgs::new(url).connect::<Migrator>().await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn a_commit_wakes_whoever_waits_for_commits() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let (first, second) = (db.committed(), db.clone().committed());

    db.wake();

    first.notified().await;
    second.notified().await;
}

async fn text(conn: &impl ConnectionTrait, statement: &str) -> String {
    value(conn, statement).await
}

async fn number(conn: &impl ConnectionTrait, statement: &str) -> i32 {
    value(conn, statement).await
}

async fn value<T: sea_orm::TryGetable>(conn: &impl ConnectionTrait, statement: &str) -> T {
    let statement =
        sea_orm::Statement::from_string(conn.get_database_backend(), statement.to_owned());
    conn.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}
