//! An outage is not a poison message: it is waited out, in order, and nothing is put aside.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bus::{BusArgs, Failure, consumer, dead, relay};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{
    handlers::Recorder,
    stack::{Stack, TOPIC},
};

#[tokio::test]
async fn an_outage_is_retried_for_as_long_as_it_takes() {
    let stack = Stack::start().await;
    let tries = Arc::new(AtomicUsize::new(0));
    let recorder = Recorder::scripted("test.record", {
        let tries = Arc::clone(&tries);
        move |event| {
            let is_down = event.version == 2 && tries.fetch_add(1, Ordering::SeqCst) < 20;
            if is_down { Err(Failure::retry("customer is away")) } else { Ok(()) }
        }
    });
    stack.announce_versions(&["notes/1"], 3).await;

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.applied, tally.outages), (3, 20));
    assert_eq!((tally.parked, tally.dead, tally.failures), (0, 0, 0));
    assert_eq!(stack.effects("test.record", "notes/1").await, [1, 2, 3]);
    assert_eq!(stack.records(&dead::topic(TOPIC, "test.record")).await, []);
}

#[tokio::test]
async fn an_outage_between_failures_does_not_count_as_one() {
    let stack = Stack::start().await;
    let tries = Arc::new(AtomicUsize::new(0));
    let recorder = Recorder::scripted("test.record", {
        let tries = Arc::clone(&tries);
        move |_| match tries.fetch_add(1, Ordering::SeqCst) {
            0..4 => Err(Failure::fail("odd")),
            4..14 => Err(Failure::retry("away")),
            _ => Ok(()),
        }
    });
    stack.announce(&[stack.note("notes/1", 1)]).await;

    let tally = stack.hear(&recorder.erased()).await;

    assert_eq!((tally.applied, tally.failures, tally.outages), (1, 4, 10));
    assert_eq!(tally.parked, 0);
}

#[tokio::test]
async fn whoever_waits_for_a_cluster_that_is_away_still_stops_when_told_to() {
    let stack = Stack::start().await;
    stack.announce_versions(&["notes/1"], 1).await;
    let silent = testkit::listener().await;
    let cluster = BusArgs::kafka(silent.local_addr().unwrap().to_string(), "");
    let log = cluster.connect().await.unwrap();
    let handlers =
        ["test.first", "test.second", "test.third"].map(|group| Recorder::new(group).erased());
    let stop = CancellationToken::new();
    let running = tokio::spawn(consumer::run(
        stack.db.clone(),
        Arc::clone(&log),
        handlers.to_vec(),
        stack.clock.clone(),
        stop.clone(),
    ));
    let relaying = tokio::spawn(relay::run(stack.db.clone(), Arc::clone(&log), stop.clone()));
    let _connected = silent.accept().await.unwrap();

    stop.cancel();

    let ended = async {
        running.await.unwrap().unwrap();
        relaying.await.unwrap().unwrap();
        log.close().await;
    };
    assert!(timeout(Duration::from_secs(15), ended).await.is_ok(), "it waits for the cluster");
}
