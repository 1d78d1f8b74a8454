//! Tenants: a statement that forgot to name one, on the database that has a net for it.

use sea_orm::{ConnectionTrait, DbBackend, entity::prelude::*};

use crate::harness::{ADA, BOB, TestDatabase, add_note, count_notes, note};

/// What one of two tenants sees without asking for a tenant: on SQLite the statement must name it.
fn own_of_two(backend: DbBackend) -> u64 {
    match backend {
        DbBackend::Postgres => 1,
        _ => 2,
    }
}

async fn one_note_each(test: &TestDatabase) -> chassis::database::Database {
    let db = test.connect().await;
    for tenant in [ADA, BOB] {
        let txn = db.begin(tenant).await.unwrap();
        add_note(&txn, tenant, "mine").await.unwrap();
        txn.commit().await.unwrap();
    }
    db
}

#[tokio::test]
async fn a_transaction_sees_and_changes_only_its_own_tenant() {
    let test = TestDatabase::new().await;
    let db = one_note_each(&test).await;

    let seen = count_notes(&db.read(ADA).await.unwrap()).await;
    let txn = db.begin(ADA).await.unwrap();
    let changed = note::Entity::update_many()
        .col_expr(note::Column::Title, "changed".into())
        .exec(&txn)
        .await
        .unwrap();
    let deleted = note::Entity::delete_many().exec(&txn).await.unwrap();

    assert_eq!(seen, own_of_two(db.backend()));
    assert_eq!(changed.rows_affected, own_of_two(db.backend()));
    assert_eq!(deleted.rows_affected, own_of_two(db.backend()));
}

#[tokio::test]
async fn a_row_of_another_tenant_cannot_be_added() {
    let test = TestDatabase::new().await;
    let db = one_note_each(&test).await;
    let txn = db.begin(ADA).await.unwrap();

    let outcome = add_note(&txn, BOB, "planted").await;

    assert_eq!(outcome.is_err(), db.backend() == DbBackend::Postgres);
}

#[tokio::test]
async fn background_work_sees_every_tenant() {
    let test = TestDatabase::new().await;
    let db = one_note_each(&test).await;

    assert_eq!(count_notes(&db.read_system().await.unwrap()).await, 2);
    let txn = db.begin_system().await.unwrap();
    add_note(&txn, ADA, "system").await.unwrap();
    assert_eq!(count_notes(&txn).await, 3);
}

#[tokio::test]
async fn a_tenant_does_not_outlive_its_transaction() {
    let mut test = TestDatabase::new().await;
    test.args.database_max_connections = 1;
    let db = one_note_each(&test).await;

    count_notes(&db.read_system().await.unwrap()).await;

    assert_eq!(count_notes(&db.read(BOB).await.unwrap()).await, own_of_two(db.backend()));
}

#[tokio::test]
async fn a_transaction_for_nobody_sees_nothing() {
    let test = TestDatabase::new().await;
    let db = one_note_each(&test).await;
    let txn = db.begin(ADA).await.unwrap();

    match db.backend() {
        DbBackend::Postgres => {
            txn.execute_unprepared("SET LOCAL kith.tenant = ''").await.unwrap();
            assert_eq!(count_notes(&txn).await, 0);
        }
        _ => assert_eq!(count_notes(&txn).await, 2),
    }
}

#[tokio::test]
async fn the_application_cannot_lift_the_policy_or_see_the_migrations() {
    let test = TestDatabase::new().await;
    let db = one_note_each(&test).await;

    for statement in [
        "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
        "DROP POLICY kith_tenant ON notes",
        "SELECT * FROM seaql_migrations",
        "DROP TABLE notes",
    ] {
        let txn = db.begin(ADA).await.unwrap();
        let refused = txn.execute_unprepared(statement).await.is_err();
        if test.is_postgres() {
            assert!(refused, "{statement}");
        }
    }
}
