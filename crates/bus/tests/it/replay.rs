//! Replay: a group reads again from an offset or from zero, and its projection is the same afterwards.

use std::sync::Arc;

use bus::{
    Failure, consumer, parked,
    replay::{self, ReplayError},
};
use testkit::eventually;
use tokio_util::sync::CancellationToken;

use crate::{handlers::Recorder, stack::Stack};

#[tokio::test]
async fn a_projection_rebuilt_from_zero_is_the_same() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.projection");
    stack.announce_versions(&["notes/1", "notes/2"], 5).await;
    stack.hear(&recorder.erased()).await;

    let events = replay::request(&stack.db, &*stack.log, &*recorder, 0).await.unwrap();

    assert_eq!(events, 10);
    assert!(stack.effects_of("test.projection").await.is_empty());
    assert_eq!(stack.hear(&recorder.erased()).await.applied, 10);
    assert_eq!(stack.effects("test.projection", "notes/1").await, [1, 2, 3, 4, 5]);
    assert_eq!(stack.effects("test.projection", "notes/2").await, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_replay_from_an_offset_repeats_what_lies_behind_it() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.projection");
    stack.announce_versions(&["notes/1"], 5).await;
    stack.hear(&recorder.erased()).await;

    let events = replay::request(&stack.db, &*stack.log, &*recorder, 3).await.unwrap();

    assert_eq!(events, 2);
    assert_eq!(stack.hear(&recorder.erased()).await.applied, 2);
    assert_eq!(stack.effects("test.projection", "notes/1").await, [1, 2, 3, 4, 5, 4, 5]);
}

#[tokio::test]
async fn a_running_consumer_takes_up_a_replay() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.projection");
    let stop = CancellationToken::new();
    let consuming = tokio::spawn(consumer::run(
        stack.db.clone(),
        Arc::clone(&stack.log),
        vec![recorder.erased()],
        stack.clock.clone(),
        stop.clone(),
    ));
    stack.announce_versions(&["notes/1", "notes/2"], 20).await;
    let all = || async { stack.effects_of("test.projection").await.len() == 40 };
    eventually("forty effects", all).await;

    // Twice, and the second one before the first can have ended.
    replay::request(&stack.db, &*stack.log, &*recorder, 0).await.unwrap();
    replay::request(&stack.db, &*stack.log, &*recorder, 0).await.unwrap();

    eventually("forty effects again", all).await;
    stack.announce(&[stack.note("notes/1", 21)]).await;
    eventually("one more", || async { stack.effects_of("test.projection").await.len() == 41 })
        .await;
    stop.cancel();
    consuming.await.unwrap().unwrap();
    assert_eq!(stack.effects("test.projection", "notes/1").await, Vec::from_iter(1..=21));
    assert_eq!(stack.effects("test.projection", "notes/2").await, Vec::from_iter(1..=20));
    assert_eq!(stack.hear(&recorder.erased()).await, consumer::Tally::default());
}

#[tokio::test]
async fn a_replay_while_events_are_handled_doubles_none_of_them() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.projection");
    let stop = CancellationToken::new();
    let consuming = tokio::spawn(consumer::run(
        stack.db.clone(),
        Arc::clone(&stack.log),
        vec![recorder.erased()],
        stack.clock.clone(),
        stop.clone(),
    ));
    let aggregates = ["notes/1", "notes/2", "notes/3", "notes/4"];
    for version in 1..=30 {
        let notes: Vec<_> = aggregates.iter().map(|it| stack.note(it, version)).collect();
        stack.announce(&notes).await;
        if version % 10 == 5 {
            replay::request(&stack.db, &*stack.log, &*recorder, 0).await.unwrap();
        }
    }

    eventually("every effect once", || async {
        stack.effects_of("test.projection").await.len() == 120
    })
    .await;
    stop.cancel();
    consuming.await.unwrap().unwrap();
    for aggregate in aggregates {
        let effects = stack.effects("test.projection", aggregate).await;
        assert_eq!(effects, Vec::from_iter(1..=30));
    }
}

#[tokio::test]
async fn a_replay_brings_parked_events_again() {
    let stack = Stack::start().await;
    let recorder = Recorder::scripted("test.projection", |event| {
        if event.version == 2 { Err(Failure::fail("odd")) } else { Ok(()) }
    });
    stack.announce_versions(&["notes/1"], 3).await;
    stack.hear(&recorder.erased()).await;
    recorder.now(|_| Ok(()));

    replay::request(&stack.db, &*stack.log, &*recorder, 0).await.unwrap();

    let tally = stack.hear(&recorder.erased()).await;
    assert_eq!((tally.applied, tally.parked), (3, 0));
    let keys = parked::page(&stack.db, stack.tenant, "test.projection", None, 10).await.unwrap();
    assert_eq!(keys, []);
    assert_eq!(stack.effects("test.projection", "notes/1").await, [1, 2, 3]);
}

#[tokio::test]
async fn only_projections_are_replayed_and_only_from_a_real_offset() {
    let stack = Stack::start().await;
    let (other, projection) = (Recorder::new("test.effects"), Recorder::new("test.projection"));

    let refused = replay::request(&stack.db, &*stack.log, &*other, 0).await;
    let bad = replay::request(&stack.db, &*stack.log, &*projection, -1).await;

    assert!(matches!(refused, Err(ReplayError::NotReplayable(group)) if group == "test.effects"));
    assert!(matches!(bad, Err(ReplayError::BadOffset)));
}
