//! A group that nobody reads for any more is forgotten, batch by batch, and no other with it.

use bus::{Failure, retire};
use sea_orm::{ConnectionTrait, Statement};

use crate::{handlers::Recorder, stack::Stack};

async fn left(stack: &Stack, group: &str) -> usize {
    let txn = stack.db.read_system().await.unwrap();
    let mut left = 0;
    for table in ["inbox", "parked_events", "parked_keys", "consumer_partitions"] {
        let select = format!("SELECT 1 FROM {table} WHERE consumer = '{group}'");
        let rows = txn.query_all_raw(Statement::from_string(stack.db.backend(), select)).await;
        left += rows.unwrap().len();
    }
    left
}

#[tokio::test]
async fn a_retired_group_leaves_nothing_behind_and_others_alone() {
    let stack = Stack::start().await;
    let (old, new) = (Recorder::new("test.projection"), Recorder::new("test.projection-2"));
    stack.announce_versions(&["notes/1", "notes/2"], 3).await;
    stack.hear(&old.erased()).await;
    stack.hear(&new.erased()).await;
    let kept = left(&stack, "test.projection-2").await;

    let mut removed = Vec::new();
    while removed.last() != Some(&0) {
        let txn = stack.db.begin_system().await.unwrap();
        removed.push(retire(&txn, "test.projection", 4).await.unwrap());
        txn.commit().await.unwrap();
    }

    assert_eq!(removed, [4, 2, 0]);
    assert_eq!(left(&stack, "test.projection").await, 0);
    assert_eq!(left(&stack, "test.projection-2").await, kept);
}

#[tokio::test]
async fn parked_keys_of_a_retired_group_go_with_it() {
    let stack = Stack::start().await;
    let recorder = Recorder::scripted("test.projection", |_| Err(Failure::fail("odd")));
    stack.announce_versions(&["notes/1"], 2).await;
    stack.hear(&recorder.erased()).await;

    let txn = stack.db.begin_system().await.unwrap();
    retire(&txn, "test.projection", 100).await.unwrap();
    txn.commit().await.unwrap();

    assert_eq!(left(&stack, "test.projection").await, 0);
}
