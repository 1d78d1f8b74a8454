//! A test's log is empty, its own, and gone afterwards, on both logs.

use bus::log::Partition;
use testkit::TestLog;

const TOPIC: &str = "kith.test.v1";

#[tokio::test]
async fn two_tests_share_no_topic() {
    let (_one, first) = TestLog::start().await;
    let (_other, second) = TestLog::start().await;
    first.ensure_topics(&[TOPIC]).await.unwrap();
    second.ensure_topics(&[TOPIC]).await.unwrap();

    let positions = second.positions("g", &[TOPIC]).await.unwrap();

    assert_eq!(positions.len(), 3);
    assert!(positions.iter().all(|it| it.end == 0));
    first.close().await;
    second.close().await;
}

#[tokio::test]
async fn a_log_can_be_opened_again_in_the_same_place() {
    let (place, log) = TestLog::start().await;
    log.ensure_topics(&[TOPIC]).await.unwrap();
    log.close().await;
    drop(log);

    let again = place.connect().await;

    let read = again.read(&Partition::new(TOPIC, 0), 0, 10).await.unwrap();
    assert!(read.is_empty());
    again.close().await;
}
