//! A test's database is empty, its own, and gone afterwards, on both databases.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sea_orm_migration::prelude::*;
use testkit::TestDatabase;
use uuid::Uuid;

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        Vec::new()
    }
}

async fn databases_named_like(name: &str) -> usize {
    let url = std::env::var("DATABASE_URL").unwrap();
    let connection = sea_orm::Database::connect(url).await.unwrap();
    let select = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let rows = connection.query_all_raw(Statement::from_string(DbBackend::Postgres, select));
    rows.await.unwrap().len()
}

#[tokio::test]
async fn two_tests_share_no_database() {
    let tenant = Uuid::nil().into();
    let (one, first) = TestDatabase::migrated::<Migrator>().await;
    let (other, second) = TestDatabase::migrated::<Migrator>().await;

    assert_ne!(one.url(), other.url());
    for database in [first, second] {
        let txn = database.begin(tenant).await.unwrap();
        txn.execute_unprepared("SELECT 1").await.unwrap();
        txn.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_in_use_is_gone_after_its_test() {
    let (place, connected) = TestDatabase::migrated::<Migrator>().await;
    let name = place.url().rsplit('/').next().unwrap().to_owned();
    let file = place.url().strip_prefix("sqlite://").map(std::path::PathBuf::from);
    let open = connected.read(Uuid::nil().into()).await.unwrap();

    drop(place);

    match file {
        Some(file) => assert!(!file.exists()),
        None => assert_eq!(databases_named_like(&name).await, 0),
    }
    drop(open);
}
