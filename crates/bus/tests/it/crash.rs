//! A consumer that dies anywhere: what was committed is not done again, what was not is done.

use std::sync::{Arc, atomic::Ordering};

use bus::{Failure, consumer};
use testkit::eventually;

use crate::{handlers::Recorder, stack::Stack};

#[tokio::test]
async fn an_effect_committed_before_the_offset_was_stored_is_not_made_again() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.record");
    stack.announce_versions(&["notes/1", "notes/2"], 4).await;
    stack.hear(&recorder.erased()).await;
    // As if the process had died before any offset was stored.
    forget_offsets(&stack).await;

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.applied, tally.duplicates), (0, 8));
    assert_eq!(stack.effects("test.record", "notes/1").await, [1, 2, 3, 4]);
}

async fn forget_offsets(stack: &Stack) {
    let mut subscription =
        stack.log.subscribe("test.record", &[crate::stack::TOPIC]).await.unwrap();
    let mut held = Vec::new();
    while held.len() < 3 {
        match subscription.next().await.unwrap() {
            bus::log::Incoming::Assigned(partitions) => held.extend(partitions),
            bus::log::Incoming::Record(_) | bus::log::Incoming::Revoked(_) => (),
        }
    }
    for partition in held {
        subscription.rewind(&partition, 0).await.unwrap();
    }
    subscription.close().await;
}

#[tokio::test]
async fn a_consumer_cut_off_in_the_middle_of_an_event_leaves_no_half_of_it() {
    let stack = Stack::start().await;
    let recorder = Recorder::scripted("test.record", |event| {
        if event.version == 2 { Err(Failure::retry("not yet")) } else { Ok(()) }
    });
    stack.announce_versions(&["notes/1"], 3).await;
    let consuming = tokio::spawn(consumer::run(
        stack.db.clone(),
        Arc::clone(&stack.log),
        vec![recorder.erased()],
        stack.clock.clone(),
        Default::default(),
    ));
    eventually("the second event", || async { 2 <= recorder.calls.load(Ordering::SeqCst) }).await;

    // No stop, no close: the task is gone, with whatever it was doing.
    consuming.abort();
    let _ = consuming.await;
    recorder.now(|_| Ok(()));

    eventually("the group to be free", || async {
        let handlers = [recorder.erased()];
        consumer::drain(&stack.db, &stack.log, &handlers, &stack.clock).await.is_ok()
    })
    .await;
    assert_eq!(stack.effects("test.record", "notes/1").await, [1, 2, 3]);
}
