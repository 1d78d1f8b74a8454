//! The handler `analytics.project-facts`: what is delivered twice, cannot be read, or is none of its business.

use bus::log::Record;
use bytes::Bytes;
use proto::ops::v1::ReplayConsumerGroupRequest;
use sea_orm::ConnectionTrait;
use testkit::eventually;

use crate::{
    harness::Analytics,
    story::{contact, money, paid, received},
};

fn set(record: &mut Record, name: &str, value: &'static str) {
    record.headers.retain(|(header, _)| header != name);
    record.headers.push((name.to_owned(), Bytes::from_static(value.as_bytes())));
}

/// Waits until the group has buried so many records of the topic, and returns why.
async fn buried(analytics: &Analytics, topic: &str, count: usize) -> Vec<String> {
    let dead = bus::dead::topic(topic, "analytics.project-facts");
    let letters = eventually("the dead letters", || async {
        analytics.log.ensure_topics(&[&dead]).await.unwrap();
        Some(analytics.records(&dead).await).filter(|letters| letters.len() == count)
    })
    .await;
    let reason = |record: &Record| record.header("kith_dead_error").unwrap().to_vec();
    let reasons = letters.iter().map(|it| String::from_utf8(reason(&it.record)).unwrap());
    reasons.collect()
}

#[tokio::test]
async fn events_delivered_again_change_nothing() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let before = analytics.table(1).await;

    for topic in ["kith.customer.v1", "kith.messaging.v1", "kith.sales.v1", "kith.social.v1"] {
        let again = analytics.records(topic).await.into_iter().map(|it| it.record);
        analytics.log.append(&again.collect::<Vec<_>>()).await.unwrap();
    }
    analytics.caught_up().await;

    assert!(!before.is_empty());
    assert_eq!(analytics.table(1).await, before);
}

#[tokio::test]
async fn a_replay_adds_what_is_missing_and_doubles_nothing() {
    let analytics = Analytics::start().await;
    analytics.project(&analytics.story()).await;
    let before = analytics.table(1).await;
    let txn = analytics.db.begin_system().await.unwrap();
    txn.execute_unprepared("DELETE FROM facts WHERE metric = 'revenue'").await.unwrap();
    txn.commit().await.unwrap();

    let replay = ReplayConsumerGroupRequest {
        name: "consumerGroups/analytics.project-facts".into(),
        from_offset: 0,
    };
    analytics.admin.groups.clone().replay_consumer_group(replay).await.unwrap();

    eventually("the missing rows", || async { analytics.table(1).await.len() == before.len() })
        .await;
    analytics.caught_up().await;
    assert_eq!(analytics.table(1).await, before);
}

#[tokio::test]
async fn what_cannot_be_read_is_buried_and_the_rest_goes_on() {
    let analytics = Analytics::start().await;
    analytics.publish(&[analytics.paid("21T10:00:00", &paid(1, "", money("CNY", 100)))]).await;
    let good = analytics.records("kith.sales.v1").await.remove(0).record;
    let mut garbled = good.clone();
    garbled.payload = Some(Bytes::from_static(b"\xff\xff\xff"));
    set(&mut garbled, "ce_id", "0199f3a0-0000-7000-8000-0000000000f1");
    let mut of_tomorrow = good.clone();
    set(&mut of_tomorrow, "ce_specversion", "2.0");
    set(&mut of_tomorrow, "ce_id", "0199f3a0-0000-7000-8000-0000000000f2");

    analytics.log.append(&[garbled, of_tomorrow]).await.unwrap();
    analytics.project(&[analytics.paid("21T11:00:00", &paid(1, "", money("CNY", 23)))]).await;

    assert_eq!(analytics.admin.numbers("metrics/revenue", &[]).await, ["CNY = 123 (2)"]);
    let mut reasons = buried(&analytics, "kith.sales.v1", 2).await;
    reasons.sort();
    assert_eq!(reasons, ["`ce_specversion` is not `1.0`", "payload is not a valid event"]);
}

#[tokio::test]
async fn an_event_that_breaks_its_contract_is_buried() {
    let analytics = Analytics::start().await;
    let mut chatty = received(1, 2);
    chatty.analysis.as_mut().unwrap().intent = "where is my order, please?".into();
    let mut nobody = received(1, 3);
    nobody.contact = "Ada".into();

    analytics
        .project(&[
            analytics.wrote("21T10:00:00", &chatty),
            analytics.wrote("21T10:00:01", &nobody),
            analytics.wrote("21T10:00:02", &received(1, 4)),
        ])
        .await;

    assert_eq!(analytics.admin.numbers("metrics/messages", &[]).await, ["= 1 (1)"]);
    let mut reasons = buried(&analytics, "kith.messaging.v1", 2).await;
    reasons.sort();
    assert_eq!(
        reasons,
        [
            "must be a word of at most 64 letters, digits, `_`, `-` or `.`",
            "must look like `contacts/{uuid}`"
        ]
    );
}

#[tokio::test]
async fn kinds_and_versions_of_events_that_nobody_knows_yet_are_passed_over() {
    let analytics = Analytics::start().await;
    let mut stranger = analytics.wrote("21T10:00:00", &received(1, 1));
    stranger.kind = "kith.messaging.v1.MessagePondered".into();
    let mut later = analytics.wrote("21T10:00:01", &received(1, 2));
    later.kind = "kith.messaging.v2.MessageReceived".into();

    analytics.project(&[stranger, later, analytics.wrote("21T10:00:02", &received(1, 3))]).await;

    assert_eq!(analytics.admin.numbers("metrics/messages", &[]).await, ["= 1 (1)"]);
    let dead = bus::dead::topic("kith.messaging.v1", "analytics.project-facts");
    analytics.log.ensure_topics(&[&dead]).await.unwrap();
    assert!(analytics.records(&dead).await.is_empty());
}

#[tokio::test]
async fn a_channel_of_a_newer_release_is_counted_under_its_number() {
    let analytics = Analytics::start().await;
    let mut message = received(1, 1);
    message.channel = 77;

    analytics.project(&[analytics.wrote("21T10:00:00", &message)]).await;

    assert_eq!(analytics.admin.numbers("metrics/messages", &["channel"]).await, ["77 = 1 (1)"]);
    assert_eq!(
        analytics.admin.numbers("metrics/engagement", &["contact"]).await,
        [format!("{} = 1 (1)", contact(1))]
    );
}
