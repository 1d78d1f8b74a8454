//! What an operator sees.

use bus::{Failure, status};

use crate::{handlers::Recorder, stack::Stack};

#[tokio::test]
async fn the_outbox_tells_how_much_waits() {
    let stack = Stack::start().await;
    assert_eq!(status::outbox(&stack.db).await.unwrap(), status::OutboxStatus::default());

    stack.commit(&[stack.note("notes/1", 1), stack.note("notes/1", 2)]).await;

    assert_eq!(status::outbox(&stack.db).await.unwrap().depth, 2);
}

#[tokio::test]
async fn a_group_tells_how_far_it_is_behind() {
    let stack = Stack::start().await;
    let handlers = [Recorder::new("test.record").erased()];
    stack.announce_versions(&["notes/1"], 3).await;

    let before = status::groups(&*stack.log, &handlers, &stack.clock).await.unwrap();
    stack.hear(&handlers[0]).await;
    let after = status::groups(&*stack.log, &handlers, &stack.clock).await.unwrap();

    assert_eq!((before[0].group.as_str(), before[0].lag_events()), ("test.record", 3));
    assert_eq!(before[0].partitions.len(), 3);
    assert_eq!((after[0].lag_events(), after[0].lag()), (0, std::time::Duration::ZERO));
}

#[tokio::test]
async fn parked_keys_are_counted_by_group() {
    let stack = Stack::start().await;
    let recorder = Recorder::scripted("test.record", |_| Err(Failure::fail("odd")));
    stack.announce_versions(&["notes/1", "notes/2"], 2).await;

    stack.hear(&recorder.erased()).await;

    let parked = status::parked_keys(&stack.db).await.unwrap();
    assert_eq!(parked.get("test.record"), Some(&2));
    let own = status::parked_keys_of(&stack.db, stack.tenant, "test.record").await.unwrap();
    assert_eq!(own, 2);
}
