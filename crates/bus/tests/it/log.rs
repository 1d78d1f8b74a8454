//! The two logs mean the same: order by key, offsets by group, replay, one place for a key.

use std::collections::BTreeMap;

use bus::log::{Delivered, Incoming, Partition, Record, Subscription};
use testkit::TestLog;

const TOPIC: &str = "kith.test.v1";

fn record(key: &str, number: usize) -> Record {
    Record {
        topic: TOPIC.into(),
        key: Some(key.to_owned().into()),
        headers: vec![("n".into(), number.to_string().into()), ("n".into(), "again".into())],
        payload: Some(format!("{key} {number}").into()),
    }
}

fn payloads(delivered: &[Delivered], key: &str) -> Vec<String> {
    delivered
        .iter()
        .filter(|it| it.record.key.as_deref() == Some(key.as_bytes()))
        .map(|it| String::from_utf8(it.record.payload.clone().unwrap().to_vec()).unwrap())
        .collect()
}

/// Reads until `count` records came.
async fn read(subscription: &mut dyn Subscription, count: usize) -> Vec<Delivered> {
    let mut records = Vec::new();
    while records.len() < count {
        if let Incoming::Record(delivered) = subscription.next().await.unwrap() {
            records.push(delivered);
        }
    }
    records
}

/// Stores everything of `read` and leaves.
async fn store_and_close(mut subscription: Box<dyn Subscription>, read: &[Delivered]) {
    let mut ends = BTreeMap::new();
    for delivered in read {
        ends.insert(delivered.partition.clone(), delivered.offset + 1);
    }
    for (partition, offset) in ends {
        subscription.store(&partition, offset);
    }
    subscription.close().await;
}

#[tokio::test]
async fn records_of_a_key_come_in_the_order_they_were_appended() {
    let (_place, log) = TestLog::start().await;
    let records: Vec<Record> =
        (0..60).map(|number| record(["a", "b", "c"][number % 3], number)).collect();
    for batch in records.chunks(7) {
        log.append(batch).await.unwrap();
    }

    let mut subscription = log.subscribe("test.order", &[TOPIC]).await.unwrap();
    let read = read(&mut *subscription, 60).await;

    for (first, key) in ["a", "b", "c"].into_iter().enumerate() {
        let expected: Vec<String> = (0..20).map(|it| format!("{key} {}", first + 3 * it)).collect();
        assert_eq!(payloads(&read, key), expected);
    }
    assert_eq!(read[0].record.headers.len(), 2);
    subscription.close().await;
}

#[tokio::test]
async fn a_key_lies_in_the_same_partition_of_either_log() {
    let (_place, log) = TestLog::start().await;
    let keys: Vec<String> = (0..12).map(|it| format!("contacts/{it}")).collect();
    let records: Vec<Record> = keys.iter().map(|key| record(key, 0)).collect();
    log.append(&records).await.unwrap();

    let mut subscription = log.subscribe("test.place", &[TOPIC]).await.unwrap();
    let mut read = read(&mut *subscription, keys.len()).await;

    read.sort_by_key(|it| {
        keys.iter().position(|key| it.record.key.as_deref() == Some(key.as_bytes()))
    });
    let places: Vec<i32> = read.iter().map(|it| it.partition.number).collect();
    assert_eq!(places, [0, 0, 2, 0, 0, 2, 1, 2, 0, 2, 1, 0]);
    subscription.close().await;
}

#[tokio::test]
async fn a_group_goes_on_where_it_stored_and_another_begins_at_zero() {
    let (_place, log) = TestLog::start().await;
    let records: Vec<Record> = (0..10).map(|number| record("a", number)).collect();
    log.append(&records).await.unwrap();
    let mut subscription = log.subscribe("test.first", &[TOPIC]).await.unwrap();
    let taken = read(&mut *subscription, 10).await;
    store_and_close(subscription, &taken[..4]).await;

    let mut again = log.subscribe("test.first", &[TOPIC]).await.unwrap();
    let mut other = log.subscribe("test.second", &[TOPIC]).await.unwrap();

    assert_eq!(read(&mut *again, 6).await[0].offset, 4);
    assert_eq!(read(&mut *other, 10).await[0].offset, 0);
    again.close().await;
    other.close().await;
}

#[tokio::test]
async fn a_member_that_vanishes_has_stored_nothing_it_did_not_say() {
    let (_place, log) = TestLog::start().await;
    log.append(&[record("a", 0), record("a", 1)]).await.unwrap();
    let mut subscription = log.subscribe("test.vanish", &[TOPIC]).await.unwrap();
    read(&mut *subscription, 2).await;

    drop(subscription);

    let mut again = log.subscribe("test.vanish", &[TOPIC]).await.unwrap();
    assert_eq!(read(&mut *again, 2).await[0].offset, 0);
    again.close().await;
}

#[tokio::test]
async fn a_group_that_rewinds_reads_again_now_and_after_a_restart() {
    let (_place, log) = TestLog::start().await;
    let records: Vec<Record> = (0..5).map(|number| record("a", number)).collect();
    log.append(&records).await.unwrap();
    let mut subscription = log.subscribe("test.rewind", &[TOPIC]).await.unwrap();
    let taken = read(&mut *subscription, 5).await;
    let partition = taken[0].partition.clone();
    subscription.store(&partition, 5);

    subscription.pause(&partition);
    subscription.rewind(&partition, 2).await.unwrap();
    subscription.resume(&partition);

    assert_eq!(read(&mut *subscription, 3).await[0].offset, 2);
    subscription.close().await;
    let mut again = log.subscribe("test.rewind", &[TOPIC]).await.unwrap();
    assert_eq!(read(&mut *again, 3).await[0].offset, 2);
    again.close().await;
}

#[tokio::test]
async fn a_paused_partition_yields_nothing_and_loses_nothing() {
    let (_place, log) = TestLog::start().await;
    log.append(&[record("a", 0)]).await.unwrap();
    let mut subscription = log.subscribe("test.pause", &[TOPIC]).await.unwrap();
    let first = read(&mut *subscription, 1).await;
    let partition = first[0].partition.clone();
    // Another partition shows that reading goes on.
    let elsewhere = other_key(&partition);

    subscription.pause(&partition);
    log.append(&[record("a", 1)]).await.unwrap();
    log.append(&[record(elsewhere, 2)]).await.unwrap();

    let next = read(&mut *subscription, 1).await;
    assert_eq!(next[0].record.key.as_deref(), Some(elsewhere.as_bytes()));
    subscription.resume(&partition);
    assert_eq!(payloads(&read(&mut *subscription, 1).await, "a"), ["a 1"]);
    subscription.close().await;
}

/// A key that lies in another partition, by the table above.
fn other_key(partition: &Partition) -> &'static str {
    if partition.number == 0 { "contacts/2" } else { "contacts/0" }
}

#[tokio::test]
async fn positions_tell_what_a_group_has_not_read() {
    let (_place, log) = TestLog::start().await;
    log.append(&[record("a", 0), record("a", 1), record("a", 2)]).await.unwrap();
    let mut subscription = log.subscribe("test.positions", &[TOPIC]).await.unwrap();
    let taken = read(&mut *subscription, 3).await;
    let partition = taken[0].partition.clone();
    store_and_close(subscription, &taken[..1]).await;

    let positions = log.positions("test.positions", &[TOPIC]).await.unwrap();

    assert_eq!(positions.len(), 3);
    let position = positions.iter().find(|it| it.partition == partition).unwrap();
    assert_eq!((position.first, position.stored, position.end, position.lag()), (0, 1, 3, 2));
    assert_eq!(position.oldest_unread, Some(taken[1].time));
    let others = positions.iter().filter(|it| it.partition != partition);
    assert!(others.into_iter().all(|it| it.lag() == 0 && it.oldest_unread.is_none()));
}

#[tokio::test]
async fn a_record_is_read_back_by_its_offset() {
    let (_place, log) = TestLog::start().await;
    let mut tombstone = record("a", 1);
    tombstone.payload = None;
    log.append(&[record("a", 0), tombstone.clone(), record("a", 2)]).await.unwrap();
    let partition = log.positions("nobody", &[TOPIC]).await.unwrap();
    let partition = &partition.iter().find(|it| it.end == 3).unwrap().partition;

    let read = log.read(partition, 1, 10).await.unwrap();

    let offsets: Vec<i64> = read.iter().map(|it| it.offset).collect();
    assert_eq!(offsets, [1, 2]);
    assert_eq!(read[0].record, tombstone);
    assert_eq!(log.read(partition, 3, 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_payload_that_is_too_long_is_refused() {
    let (_place, log) = TestLog::start().await;
    let mut long = record("a", 0);
    long.payload = Some(vec![0; bus::log::MAX_PAYLOAD_BYTES + 1].into());
    let mut longest = record("a", 1);
    longest.payload = Some(vec![0; bus::log::MAX_PAYLOAD_BYTES].into());

    assert!(matches!(log.append(&[long]).await, Err(bus::log::LogError::Refused(_))));
    log.append(&[longest]).await.unwrap();
}

#[tokio::test]
async fn a_closed_log_takes_nothing_more() {
    let (_place, log) = TestLog::start().await;
    log.append(&[record("a", 0)]).await.unwrap();

    log.close().await;

    assert!(matches!(log.append(&[record("a", 1)]).await, Err(bus::log::LogError::Closed)));
}
