//! What is true of the embedded log alone: one file, one process, nothing lost when it is opened again.

use bus::{BusArgs, Log, local::LocalLog, log::Record};

fn record(number: usize) -> Record {
    Record {
        topic: "kith.test.v1".into(),
        key: Some("a".into()),
        headers: Vec::new(),
        payload: Some(number.to_string().into()),
    }
}

#[tokio::test]
async fn a_file_in_use_is_refused_with_a_sentence_that_helps() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep").join("events.db");
    let args = BusArgs::local(&path);
    let _first = args.connect().await.unwrap();

    let refused = args.connect().await.err().unwrap();

    let refused = format!("{refused:#}");
    assert!(refused.contains("in use by another process"), "{refused}");
    assert!(refused.contains("KAFKA_BROKERS"), "{refused}");
}

#[tokio::test]
async fn a_file_opened_again_has_everything_and_keeps_its_partitions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.db");
    let log = LocalLog::open(&path, 3).await.unwrap();
    log.append(&[record(0), record(1)]).await.unwrap();
    let mut subscription = log.subscribe("test.again", &["kith.test.v1"]).await.unwrap();
    let partition = bus::log::Partition::new("kith.test.v1", 0);
    let position = log.positions("test.again", &["kith.test.v1"]).await.unwrap();
    let partition =
        position.iter().find(|it| it.end == 2).map_or(partition, |it| it.partition.clone());
    subscription.store(&partition, 1);
    subscription.close().await;
    log.close().await;
    drop(log);

    let log = LocalLog::open(&path, 12).await.unwrap();

    log.append(&[record(2)]).await.unwrap();
    let positions = log.positions("test.again", &["kith.test.v1"]).await.unwrap();
    assert_eq!(positions.len(), 3);
    let position = positions.iter().find(|it| it.partition == partition).unwrap();
    assert_eq!((position.stored, position.end), (1, 3));
}

#[tokio::test]
async fn a_second_reader_of_a_group_is_refused_until_the_first_has_left() {
    let folder = tempfile::tempdir().unwrap();
    let log = LocalLog::open(&folder.path().join("events.db"), 3).await.unwrap();
    let first = log.subscribe("test.alone", &["kith.test.v1"]).await.unwrap();

    assert!(log.subscribe("test.alone", &["kith.test.v1"]).await.is_err());
    drop(first);
    assert!(log.subscribe("test.alone", &["kith.test.v1"]).await.is_ok());
}
