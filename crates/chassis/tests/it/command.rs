//! Commands: the same request has one effect and one answer.

use std::sync::Arc;

use chassis::{
    command::{CommandError, KEEP, RequestKey, Started, Work, purge},
    database::Database,
    tenant::TenantId,
};
use chrono::Utc;
use uuid::Uuid;

use crate::harness::{ADA, BOB, TestDatabase, add_note, count_notes};

const METHOD: &str = "kith.test.v1.NoteService/CreateNote";
const OTHER: &str = "kith.test.v1.NoteService/CopyNote's";

fn key(tenant: TenantId, method: &'static str, request_id: &str, body: &str) -> RequestKey {
    RequestKey::of(tenant, method, request_id, &body.to_owned()).unwrap()
}

fn fresh(started: Started<Uuid>) -> Work {
    match started {
        Started::Fresh(work) => work,
        Started::Repeated(answer) => panic!("was answered before with {answer}"),
    }
}

/// Adds a note under the key; tells whether it was done now, and the answer.
async fn create(db: &Database, key: &RequestKey) -> Result<(bool, Uuid), CommandError> {
    match db.command::<Uuid>(key).await? {
        Started::Repeated(answer) => Ok((false, answer)),
        Started::Fresh(work) => {
            let id = add_note(work.txn(), key.tenant, &Uuid::now_v7().to_string()).await?;
            work.commit(&id).await?;
            Ok((true, id))
        }
    }
}

#[tokio::test]
async fn a_repeated_request_has_one_effect_and_the_same_answer() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let key = key(ADA, METHOD, &Uuid::now_v7().to_string(), "body");

    let first = create(&db, &key).await.unwrap();
    let second = create(&db, &key).await.unwrap();

    assert!(first.0);
    assert_eq!(second, (false, first.1));
    assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 1);
}

#[tokio::test]
async fn a_reused_id_with_another_request_is_refused() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let id = Uuid::now_v7().to_string();
    create(&db, &key(ADA, METHOD, &id, "body")).await.unwrap();

    let outcome = create(&db, &key(ADA, METHOD, &id, "another body")).await;

    assert!(matches!(outcome, Err(CommandError::Reused)));
    assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 1);
}

#[tokio::test]
async fn the_same_id_of_another_tenant_or_method_is_another_request() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let id = Uuid::now_v7().to_string();

    let outcomes = [
        create(&db, &key(ADA, METHOD, &id, "body")).await.unwrap(),
        create(&db, &key(BOB, METHOD, &id, "body")).await.unwrap(),
        create(&db, &key(ADA, OTHER, &id, "body")).await.unwrap(),
        create(&db, &key(ADA, OTHER, &id, "body")).await.unwrap(),
    ];

    assert_eq!(outcomes.map(|(done, _)| done), [true, true, true, false]);
}

#[tokio::test]
async fn without_a_request_id_every_call_is_fresh() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let key = key(ADA, METHOD, "", "body");

    create(&db, &key).await.unwrap();
    create(&db, &key).await.unwrap();

    assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 2);
}

#[tokio::test]
async fn concurrent_duplicates_get_one_effect_and_one_answer() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let key = key(ADA, METHOD, &Uuid::now_v7().to_string(), "body");

    let duplicates = (0..8).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { create(&db, &key).await.unwrap() })
    });
    let outcomes: Vec<_> =
        futures::future::join_all(duplicates).await.into_iter().map(Result::unwrap).collect();

    assert_eq!(outcomes.iter().filter(|(done, _)| *done).count(), 1);
    assert!(outcomes.iter().all(|(_, answer)| *answer == outcomes[0].1));
    assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 1);
}

#[tokio::test]
async fn a_duplicate_of_failed_work_does_the_work() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let key = Arc::new(key(ADA, METHOD, &Uuid::now_v7().to_string(), "body"));
    let failing = fresh(db.command(&key).await.unwrap());
    add_note(failing.txn(), ADA, "never").await.unwrap();
    let duplicate = tokio::spawn({
        let (db, key) = (db.clone(), key.clone());
        async move { create(&db, &key).await }
    });

    drop(failing);

    assert!(duplicate.await.unwrap().unwrap().0);
    assert_eq!(count_notes(&db.read(ADA).await.unwrap()).await, 1);
}

#[tokio::test]
async fn a_commit_wakes_the_relay() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let committed = db.committed();

    create(&db, &key(ADA, METHOD, "", "body")).await.unwrap();

    committed.notified().await;
}

#[tokio::test]
async fn an_answer_of_another_shape_is_a_failure_and_not_a_second_effect() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let key = key(ADA, METHOD, &Uuid::now_v7().to_string(), "body");
    create(&db, &key).await.unwrap();

    let outcome = db.command::<u64>(&key).await;

    assert!(matches!(outcome, Err(CommandError::Db(_))));
}

#[tokio::test]
async fn a_purge_forgets_old_requests_of_every_tenant_and_no_young_one() {
    let test = TestDatabase::new().await;
    let db = test.connect().await;
    let id = Uuid::now_v7().to_string();
    let keys = [key(ADA, METHOD, &id, "body"), key(BOB, METHOD, &id, "body")];
    for key in &keys {
        create(&db, key).await.unwrap();
    }

    assert_eq!(purge(&db, Utc::now() - KEEP).await.unwrap(), 0);
    assert_eq!(purge(&db, Utc::now() + KEEP).await.unwrap(), 2);

    assert!(create(&db, &keys[0]).await.unwrap().0);
}
