//! Poison: five tries, then the key is parked, the others go on, and a redrive goes in order.

use std::sync::Arc;

use bus::{Failure, parked};
use chassis::tenant::TenantId;
use uuid::Uuid;

use crate::{
    handlers::Recorder,
    stack::{Stack, TOPIC},
};

fn poisoned(group: &'static str) -> Arc<Recorder> {
    Recorder::scripted(group, |event| {
        let is_poison = event.aggregate == "notes/bad" && event.version == 2;
        if is_poison { Err(Failure::fail("cannot divide by zero")) } else { Ok(()) }
    })
}

async fn the_parked_key(stack: &Stack, group: &str) -> parked::ParkedKey {
    let mut keys = parked::page(&stack.db, stack.tenant, group, None, 10).await.unwrap();
    assert_eq!(keys.len(), 1);
    keys.remove(0)
}

#[tokio::test]
async fn a_poison_key_is_parked_after_five_tries_and_the_others_go_on() {
    let stack = Stack::start().await;
    let recorder = poisoned("test.record");
    stack.announce_versions(&["notes/bad", "notes/good"], 4).await;

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.applied, tally.failures, tally.parked), (5, 4, 3));
    assert_eq!(stack.effects("test.record", "notes/good").await, [1, 2, 3, 4]);
    assert_eq!(stack.effects("test.record", "notes/bad").await, [1]);
    let key = the_parked_key(&stack, "test.record").await;
    assert_eq!((key.aggregate.as_str(), key.events), ("notes/bad", 3));
    assert_eq!(key.failure, "cannot divide by zero");
    assert_eq!(key.kind, crate::stack::NOTED);
}

#[tokio::test]
async fn what_comes_later_waits_behind_and_a_redrive_takes_it_in_order() {
    let stack = Stack::start().await;
    let recorder = poisoned("test.record");
    stack.announce_versions(&["notes/bad"], 3).await;
    stack.hear(&recorder.erased()).await;
    stack.announce(&[stack.note("notes/bad", 4)]).await;
    let tally = stack.hear(&recorder.erased()).await;
    assert_eq!((tally.applied, tally.parked, tally.failures), (0, 1, 0));
    let key = the_parked_key(&stack, "test.record").await;
    recorder.now(|_| Ok(()));

    let redriven = parked::redrive(&stack.db, &*recorder, stack.tenant, key.id).await.unwrap();

    assert_eq!(redriven, Some(parked::Redriven { handled: 3, remaining: 0, failure: None }));
    assert_eq!(stack.effects("test.record", "notes/bad").await, [1, 2, 3, 4]);
    assert_eq!(stack.count("parked_keys").await, 0);
    assert_eq!(stack.count("parked_events").await, 0);
    stack.announce(&[stack.note("notes/bad", 5)]).await;
    assert_eq!(stack.hear(&recorder.erased()).await.applied, 1);
}

#[tokio::test]
async fn a_redrive_that_fails_again_keeps_the_order_and_says_why() {
    let stack = Stack::start().await;
    let recorder = poisoned("test.record");
    stack.announce_versions(&["notes/bad"], 4).await;
    stack.hear(&recorder.erased()).await;
    let key = the_parked_key(&stack, "test.record").await;
    recorder.now(|event| if event.version == 3 { Err(Failure::fail("still odd")) } else { Ok(()) });

    let redriven = parked::redrive(&stack.db, &*recorder, stack.tenant, key.id).await.unwrap();

    let failure = Some("still odd".to_owned());
    assert_eq!(redriven, Some(parked::Redriven { handled: 1, remaining: 2, failure }));
    assert_eq!(stack.effects("test.record", "notes/bad").await, [1, 2]);
    assert_eq!(the_parked_key(&stack, "test.record").await.failure, "still odd");
}

#[tokio::test]
async fn two_redrives_at_once_make_each_effect_once() {
    let stack = Stack::start().await;
    let recorder = poisoned("test.record");
    stack.announce_versions(&["notes/bad"], 12).await;
    stack.hear(&recorder.erased()).await;
    let key = the_parked_key(&stack, "test.record").await;
    recorder.now(|_| Ok(()));

    let redrive = || parked::redrive(&stack.db, &*recorder, stack.tenant, key.id);
    let (first, second) = tokio::join!(redrive(), redrive());

    assert!(first.is_ok() && second.is_ok());
    assert_eq!(stack.effects("test.record", "notes/bad").await, Vec::from_iter(1..=12));
    assert_eq!(stack.count("parked_keys").await, 0);
}

#[tokio::test]
async fn parked_events_that_are_delivered_again_are_parked_once() {
    let stack = Stack::start().await;
    let recorder = poisoned("test.record");
    stack.announce_versions(&["notes/bad"], 3).await;
    stack.hear(&recorder.erased()).await;
    let records: Vec<_> = stack.records(TOPIC).await.into_iter().map(|it| it.record).collect();
    stack.log.append(&records).await.unwrap();

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.duplicates, tally.parked), (1, 2));
    assert_eq!(the_parked_key(&stack, "test.record").await.events, 2);
}

#[tokio::test]
async fn a_handler_that_panics_is_poison_and_takes_nobody_with_it() {
    let stack = Stack::start().await;
    let recorder = Recorder::scripted("test.record", |event| {
        assert_ne!(event.aggregate, "notes/bad", "the handler has a bug");
        Ok(())
    });
    stack.announce_versions(&["notes/bad", "notes/good"], 2).await;

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.applied, tally.parked), (2, 2));
    assert_eq!(the_parked_key(&stack, "test.record").await.failure, "handler panicked");
}

#[tokio::test]
async fn parked_keys_are_seen_by_their_tenant_alone_and_page_by_page() {
    let stack = Stack::start().await;
    let recorder = Recorder::scripted("test.record", |_| Err(Failure::fail("odd")));
    stack.announce_versions(&["notes/1", "notes/2", "notes/3"], 1).await;
    stack.hear(&recorder.erased()).await;
    let page = |after: Option<parked::ParkedKey>| {
        let (db, tenant) = (stack.db.clone(), stack.tenant);
        async move { parked::page(&db, tenant, "test.record", after.as_ref(), 2).await.unwrap() }
    };

    let first = page(None).await;
    let second = page(first.last().cloned()).await;

    let mut aggregates: Vec<&str> =
        first.iter().chain(&second).map(|key| key.aggregate.as_str()).collect();
    aggregates.sort_unstable();
    assert_eq!((first.len(), second.len()), (2, 1));
    assert_eq!(aggregates, ["notes/1", "notes/2", "notes/3"]);
    let stranger = TenantId::new(Uuid::new_v4());
    let seen = parked::page(&stack.db, stranger, "test.record", None, 10).await.unwrap();
    assert_eq!(seen, []);
    assert_eq!(parked::find(&stack.db, stranger, first[0].id).await.unwrap(), None);
    let redriven = parked::redrive(&stack.db, &*recorder, stranger, first[0].id).await.unwrap();
    assert_eq!(redriven, None);
}
