//! The outbox and its relay: everything committed is published, in order, by one relay at a time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use bus::{
    Log, Message,
    log::{Delivered, LogError, Partition, Position, Record, Subscription},
    outbox, relay,
};
use testkit::eventually;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::stack::{Stack, TOPIC, a_time};

fn versions(records: &[Delivered], aggregate: &str) -> Vec<String> {
    records
        .iter()
        .filter(|it| it.record.key.as_deref() == Some(aggregate.as_bytes()))
        .map(|it| String::from_utf8(it.record.header("ce_version").unwrap().to_vec()).unwrap())
        .collect()
}

#[tokio::test]
async fn what_was_committed_is_published_once_and_what_was_rolled_back_never() {
    let stack = Stack::start().await;
    let txn = stack.db.begin(stack.tenant).await.unwrap();
    outbox::append(&txn, &[stack.note("notes/0", 1)]).await.unwrap();
    txn.rollback().await.unwrap();
    stack.commit(&[stack.note("notes/1", 1), stack.note("notes/1", 2)]).await;

    let published = relay::drain(&stack.db, &stack.log).await.unwrap();

    assert_eq!(published, 2);
    assert_eq!(relay::drain(&stack.db, &stack.log).await.unwrap(), 0);
    let records = stack.records(TOPIC).await;
    assert_eq!(records.len(), 2);
    assert_eq!(versions(&records, "notes/1"), ["1", "2"]);
    assert_eq!(stack.count("outbox").await, 0);
}

#[tokio::test]
async fn more_events_than_a_batch_keep_the_order_of_each_aggregate() {
    let stack = Stack::start().await;
    for chunk in 0..3 {
        let notes: Vec<Message> = (1..=300)
            .map(|it| stack.note(&format!("notes/{}", it % 4), chunk * 300 + it))
            .collect();
        stack.commit(&notes).await;
    }

    assert_eq!(relay::drain(&stack.db, &stack.log).await.unwrap(), 900);

    let records = stack.records(TOPIC).await;
    for aggregate in 0..4 {
        let versions = versions(&records, &format!("notes/{aggregate}"));
        let mut sorted: Vec<u64> = versions.iter().map(|it| it.parse().unwrap()).collect();
        sorted.sort_unstable();
        assert_eq!(versions.len(), 225);
        assert!(versions.iter().map(|it| it.parse::<u64>().unwrap()).eq(sorted));
    }
}

#[tokio::test]
async fn a_version_cannot_be_announced_twice() {
    let stack = Stack::start().await;
    stack.commit(&[stack.note("notes/1", 1)]).await;

    let txn = stack.db.begin(stack.tenant).await.unwrap();
    let again = outbox::append(&txn, &[stack.note("notes/1", 1)]).await;

    let key = chassis::database::unique_violation(&again.unwrap_err()).unwrap();
    assert!(key.contains("aggregate"), "{key}");
}

#[tokio::test]
async fn a_payload_that_no_log_takes_is_refused_before_it_is_committed() {
    let stack = Stack::start().await;
    let long = Message { payload: vec![0; 1 << 20].into(), ..stack.note("notes/1", 1) };

    let txn = stack.db.begin(stack.tenant).await.unwrap();

    assert!(outbox::append(&txn, &[long]).await.is_err());
}

/// A cursor over positions would pass over the row that got its position first and committed last.
#[tokio::test]
async fn a_late_commit_is_not_passed_over() {
    let stack = Stack::start().await;
    if stack.is_postgres() {
        let late = stack.db.begin(stack.tenant).await.unwrap();
        outbox::append(&late, &[stack.note("notes/late", 1)]).await.unwrap();
        stack.announce(&[stack.note("notes/early", 1)]).await;
        late.commit().await.unwrap();
    } else {
        // SQLite has one writer at a time, so only the position can be late.
        stack.announce(&[stack.note("notes/early", 1)]).await;
        stack.commit(&[stack.note("notes/late", 1)]).await;
        stack.execute("UPDATE outbox SET position = position - 100").await;
    }

    relay::drain(&stack.db, &stack.log).await.unwrap();

    let records = stack.records(TOPIC).await;
    assert_eq!(versions(&records, "notes/early"), ["1"]);
    assert_eq!(versions(&records, "notes/late"), ["1"]);
}

#[tokio::test]
async fn a_commit_wakes_a_running_relay() {
    let stack = Stack::start().await;
    let stop = CancellationToken::new();
    let relay = tokio::spawn(relay::run(stack.db.clone(), Arc::clone(&stack.log), stop.clone()));

    stack.commit(&[stack.note("notes/1", 1)]).await;

    eventually("an empty outbox", || async { stack.count("outbox").await == 0 }).await;
    stop.cancel();
    relay.await.unwrap().unwrap();
    assert_eq!(stack.records(TOPIC).await.len(), 1);
}

/// A log whose appends wait for a word, as if their process were paused.
struct Gate {
    log: Arc<dyn Log>,
    reached: Notify,
    open: Notify,
    is_closed: AtomicBool,
}

impl Gate {
    fn before(log: &Arc<dyn Log>) -> Arc<Self> {
        Arc::new(Self {
            log: Arc::clone(log),
            reached: Notify::new(),
            open: Notify::new(),
            is_closed: AtomicBool::new(true),
        })
    }
}

#[async_trait]
impl Log for Gate {
    fn system(&self) -> &'static str {
        self.log.system()
    }

    async fn ensure_topics(&self, topics: &[&str]) -> Result<(), LogError> {
        self.log.ensure_topics(topics).await
    }

    async fn append(&self, records: &[Record]) -> Result<(), LogError> {
        self.log.append(records).await?;
        if self.is_closed.swap(false, Ordering::SeqCst) {
            self.reached.notify_one();
            self.open.notified().await;
        }
        Ok(())
    }

    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Subscription>, LogError> {
        self.log.subscribe(group, topics).await
    }

    async fn positions(&self, group: &str, topics: &[&str]) -> Result<Vec<Position>, LogError> {
        self.log.positions(group, topics).await
    }

    async fn read(
        &self,
        partition: &Partition,
        offset: i64,
        limit: usize,
    ) -> Result<Vec<Delivered>, LogError> {
        self.log.read(partition, offset, limit).await
    }

    async fn close(&self) {
        self.log.close().await;
    }
}

#[tokio::test]
async fn a_paused_relay_that_was_replaced_deletes_nothing_when_it_wakes() {
    let stack = Stack::start().await;
    stack.commit(&[stack.note("notes/1", 1)]).await;
    let gate = Gate::before(&stack.log);
    let stop = CancellationToken::new();
    let paused =
        tokio::spawn(relay::run(stack.db.clone(), Arc::clone(&gate) as Arc<dyn Log>, stop.clone()));
    gate.reached.notified().await;

    // Another takes over, and has deleted nothing yet itself.
    let taken = stack
        .execute(
            "UPDATE relay_leases SET owner = 'another', epoch = epoch + 1, expire_ms = 9000000000000",
        )
        .await;
    gate.open.notify_one();
    // It stops only after its batch.
    stop.cancel();
    paused.await.unwrap().unwrap();

    assert_eq!(taken, 1);
    assert_eq!(stack.count("outbox").await, 1);
}

#[tokio::test]
async fn a_relay_takes_over_when_the_lease_has_run_out_and_waits_before() {
    let stack = Stack::start().await;
    stack
        .execute(
            "INSERT INTO relay_leases (shard, owner, epoch, expire_ms)
             VALUES ('outbox', 'crashed', 7, 9000000000000)",
        )
        .await;
    stack.commit(&[stack.note("notes/1", 1)]).await;
    let stop = CancellationToken::new();
    let relay = tokio::spawn(relay::run(stack.db.clone(), Arc::clone(&stack.log), stop.clone()));

    tokio::task::yield_now().await;
    assert_eq!(stack.count("outbox").await, 1);
    stack.execute("UPDATE relay_leases SET expire_ms = 0").await;

    eventually("the outbox of the crashed relay", || async { stack.count("outbox").await == 0 })
        .await;
    stop.cancel();
    relay.await.unwrap().unwrap();
    assert_eq!(stack.count("relay_leases WHERE epoch = 8").await, 1);
}

#[tokio::test]
async fn an_event_says_when_it_happened_and_what_caused_it() {
    let stack = Stack::start().await;
    let cause = uuid::Uuid::new_v4();
    let message = Message { time: a_time(), causation: Some(cause), ..stack.note("notes/1", 1) };
    stack.announce(std::slice::from_ref(&message)).await;

    let record = &stack.records(TOPIC).await[0].record;

    assert_eq!(record.header("ce_time").unwrap(), "2026-01-01T00:00:00.000000Z");
    assert_eq!(record.header("ce_causationid").unwrap(), &cause.to_string());
    assert_eq!(record.header("ce_id").unwrap(), &message.id.to_string());
    assert_eq!(record.header("ce_tenant").unwrap(), &stack.tenant.to_string());
}
