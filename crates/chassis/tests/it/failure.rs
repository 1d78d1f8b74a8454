//! What a database error says about the row that caused it: nothing.

use chassis::database::{DbFailure, unique_violation};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use tonic::{Code, Status};

use crate::harness::{ADA, TestDatabase, add_note};

#[tokio::test]
async fn a_taken_key_is_named_and_the_row_is_not() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let txn = db.begin(ADA).await.unwrap();
    add_note(&txn, ADA, "ada@example.com").await.unwrap();

    let error = add_note(&txn, ADA, "ada@example.com").await.unwrap_err();

    let key = unique_violation(&error).unwrap();
    assert!(key.contains("title"), "{key}");
    let failure = DbFailure::from(error);
    assert_eq!(failure.table(), Some("notes"));
    assert_eq!(failure.constraint(), Some(key.as_str()));
    assert!(!failure.is_transient());
    assert_silent(&failure);
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_not_repeated() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let txn = db.begin(ADA).await.unwrap();
    let statement = match db.backend() {
        DbBackend::Postgres => "SELECT 'ada@example.com'::int",
        _ => "SELECT \"ada@example.com\" FROM nowhere",
    };

    let error = txn.execute_unprepared(statement).await.unwrap_err();

    assert!(error.to_string().contains("ada@example.com") || db.backend() == DbBackend::Sqlite);
    assert_eq!(unique_violation(&error), None);
    assert_silent(&DbFailure::from(error));
}

#[tokio::test]
async fn a_text_with_a_nul_is_stored_or_is_the_callers_fault() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let txn = db.begin(ADA).await.unwrap();

    let outcome = add_note(&txn, ADA, "nul\0").await;

    match db.backend() {
        DbBackend::Postgres => {
            let status = Status::from(DbFailure::from(outcome.unwrap_err()));
            assert_eq!(status.code(), Code::InvalidArgument);
        }
        _ => assert!(outcome.is_ok()),
    }
}

#[tokio::test]
async fn a_wait_for_a_lock_ends_as_a_transient_failure() {
    let mut test = TestDatabase::new().await;
    test.args.database_lock_timeout = std::time::Duration::from_millis(50);
    test.args.database_acquire_timeout = std::time::Duration::from_millis(50);
    let db = test.connect().await;
    let holder = db.begin(ADA).await.unwrap();
    add_note(&holder, ADA, "same").await.unwrap();

    let error = async {
        let txn = db.begin(ADA).await?;
        add_note(&txn, ADA, "same").await
    };
    let error: DbErr = error.await.unwrap_err();

    assert!(DbFailure::from(error).is_transient());
}

#[track_caller]
fn assert_silent(failure: &DbFailure) {
    let words = format!("{failure} {failure:?}");
    assert!(!words.contains("ada"), "{words}");
}
