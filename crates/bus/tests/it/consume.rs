//! Consuming: each event takes effect once and in order, and what nobody asked for is passed over.

use std::sync::{Arc, atomic::Ordering};

use bus::{ErasedHandler, Message, consumer};
use testkit::eventually;
use tokio_util::sync::CancellationToken;

use crate::{
    handlers::Recorder,
    stack::{Stack, TOPIC},
};

#[tokio::test]
async fn every_event_takes_effect_once_and_in_order_of_its_aggregate() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.record");
    stack.announce_versions(&["notes/1", "notes/2", "notes/3"], 10).await;

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!(tally.applied, 30);
    for aggregate in ["notes/1", "notes/2", "notes/3"] {
        assert_eq!(stack.effects("test.record", aggregate).await, Vec::from_iter(1..=10));
    }
    assert_eq!(stack.hear(&recorder.erased()).await, consumer::Tally::default());
}

#[tokio::test]
async fn a_redelivery_changes_nothing() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.record");
    stack.announce_versions(&["notes/1"], 3).await;
    // The relay may publish twice: the same records again, further on.
    let records: Vec<_> = stack.records(TOPIC).await.into_iter().map(|it| it.record).collect();
    stack.log.append(&records).await.unwrap();

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.applied, tally.duplicates), (3, 3));
    assert_eq!(stack.effects("test.record", "notes/1").await, [1, 2, 3]);
}

#[tokio::test]
async fn events_of_other_kinds_are_passed_over() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.record");
    let other = Message { kind: "kith.test.v2.NoteTaken".into(), ..stack.note("notes/1", 1) };
    stack.announce(&[other, stack.note("notes/1", 2)]).await;

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!(tally.applied, 1);
    assert_eq!(stack.effects("test.record", "notes/1").await, [2]);
    let positions = stack.log.positions("test.record", &[TOPIC]).await.unwrap();
    assert_eq!(positions.iter().map(|it| it.lag()).sum::<u64>(), 0);
}

#[tokio::test]
async fn each_group_hears_everything_for_itself() {
    let stack = Stack::start().await;
    let (first, second) = (Recorder::new("test.first"), Recorder::new("test.second"));
    stack.announce_versions(&["notes/1"], 2).await;

    let handlers = [first.erased(), second.erased()];
    let tally = consumer::drain(&stack.db, &stack.log, &handlers, &stack.clock).await.unwrap();

    assert_eq!(tally.applied, 4);
    assert_eq!(stack.effects("test.first", "notes/1").await, [1, 2]);
    assert_eq!(stack.effects("test.second", "notes/1").await, [1, 2]);
}

#[tokio::test]
async fn a_running_consumer_hears_what_is_announced_and_stops_when_told() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.record");
    let stop = CancellationToken::new();
    let consuming = tokio::spawn(consumer::run(
        stack.db.clone(),
        Arc::clone(&stack.log),
        vec![recorder.erased()],
        stack.clock.clone(),
        stop.clone(),
    ));

    stack.announce_versions(&["notes/1", "notes/2"], 5).await;

    eventually("ten effects", || async { stack.effects_of("test.record").await.len() == 10 }).await;
    stop.cancel();
    consuming.await.unwrap().unwrap();
    // What was finished is stored: nothing comes again.
    assert_eq!(stack.hear(&recorder.erased()).await, consumer::Tally::default());
}

/// Two members exist only on Kafka; the embedded log is one process and refuses a second one.
#[tokio::test]
async fn two_members_share_the_work_and_double_nothing() {
    let stack = Stack::start().await;
    if !stack.is_kafka() {
        return;
    }
    let (first, second) = (Recorder::new("test.record"), Recorder::new("test.record"));
    let stop = CancellationToken::new();
    let aggregates: Vec<String> = (0..12).map(|it| format!("notes/{it}")).collect();
    let aggregates: Vec<&str> = aggregates.iter().map(String::as_str).collect();
    let member = |handler: Arc<dyn ErasedHandler>, stop: CancellationToken| {
        let (db, log, clock) = (stack.db.clone(), Arc::clone(&stack.log), stack.clock.clone());
        tokio::spawn(consumer::run(db, log, vec![handler], clock, stop))
    };
    let running = member(first.erased(), stop.clone());
    stack.announce_versions(&aggregates, 5).await;
    eventually("the first member", || async { 0 < first.calls.load(Ordering::SeqCst) }).await;

    let joining = member(second.erased(), stop.clone());
    let mut version = 5;
    while second.calls.load(Ordering::SeqCst) == 0 {
        version += 1;
        let notes: Vec<_> = aggregates.iter().map(|it| stack.note(it, version)).collect();
        stack.announce(&notes).await;
        tokio::task::yield_now().await;
    }

    let total = usize::try_from(version).unwrap() * aggregates.len();
    eventually("every effect", || async { stack.effects_of("test.record").await.len() == total })
        .await;
    stop.cancel();
    running.await.unwrap().unwrap();
    joining.await.unwrap().unwrap();
    for aggregate in aggregates {
        let effects = stack.effects("test.record", aggregate).await;
        assert_eq!(effects, Vec::from_iter(1..=i64::try_from(version).unwrap()));
    }
}
