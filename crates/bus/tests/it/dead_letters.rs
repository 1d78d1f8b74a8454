//! What nobody can read goes to the dead-letter topic at once, with origin and reason, and blocks nothing.

use bus::{Failure, dead};

use crate::{
    handlers::Recorder,
    stack::{Stack, TOPIC, broken_note, garbage},
};

#[tokio::test]
async fn a_record_that_is_no_event_is_kept_with_its_origin() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.record");
    stack.log.append(&[garbage("notes/1")]).await.unwrap();
    stack.announce(&[stack.note("notes/1", 1)]).await;

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.dead, tally.applied), (1, 1));
    let letters = stack.records(&dead::topic(TOPIC, "test.record")).await;
    assert_eq!(letters.len(), 1);
    let letter = &letters[0].record;
    assert_eq!(letter.payload, garbage("notes/1").payload);
    assert_eq!(letter.header("x").unwrap(), "y");
    assert_eq!(letter.header("kith_dead_topic").unwrap(), TOPIC);
    assert_eq!(letter.header("kith_dead_offset").unwrap(), "0");
    assert_eq!(letter.header("kith_dead_group").unwrap(), "test.record");
    assert_eq!(letter.header("kith_dead_error").unwrap(), "header `ce_specversion` is missing");
}

#[tokio::test]
async fn a_payload_of_other_bytes_is_rejected_once_and_the_key_goes_on() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.record");
    stack.announce(&[broken_note(&stack, "notes/1", 1), stack.note("notes/1", 2)]).await;
    let tally = stack.hear(&recorder.erased()).await;
    assert_eq!((tally.dead, tally.applied, tally.failures), (1, 1, 0));

    // Delivered again, it is known.
    let records: Vec<_> = stack.records(TOPIC).await.into_iter().map(|it| it.record).collect();
    stack.log.append(&records).await.unwrap();
    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.dead, tally.duplicates), (0, 2));
    assert_eq!(stack.records(&dead::topic(TOPIC, "test.record")).await.len(), 1);
    assert_eq!(stack.effects("test.record", "notes/1").await, [2]);
}

#[tokio::test]
async fn a_tombstone_is_a_dead_letter_too() {
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.record");
    stack.announce(&[stack.note("notes/1", 1)]).await;
    let mut tombstone = stack.records(TOPIC).await.remove(0).record;
    tombstone.payload = None;
    stack.log.append(&[tombstone]).await.unwrap();

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.applied, tally.dead), (1, 1));
}

#[tokio::test]
async fn a_handler_may_reject_what_it_can_read() {
    let stack = Stack::start().await;
    let recorder =
        Recorder::scripted("test.record", |_| Err(Failure::reject("names an unknown channel")));
    stack.announce(&[stack.note("notes/1", 1)]).await;

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.dead, tally.parked), (1, 0));
    assert!(stack.effects_of("test.record").await.is_empty());
}
