//! The courier when nobody can know: an unclear answer, a dead process, two processes.

use std::time::Duration;

use emulators::wechat::{Endpoint, Fault, Mode, When};
use proto::social::v1::{self as pb, delivery::State};
use sea_orm::{ConnectionTrait, Statement};
use social_ingest::Migrator;
use testkit::eventually;
use uuid::Uuid;

use crate::harness::Harness;

const ENDED: &[State] = &[State::Sent, State::Failed, State::Unknown];

async fn with_thread() -> (Harness, String) {
    let it = Harness::start_with(|it| {
        it.delivery.provider_timeout = Duration::from_secs(2);
        it.delivery.delivery_lease = Duration::from_secs(4);
    })
    .await;
    let source = it.connect(Mode::Plain).await;
    let thread = it.write(&source, 1, "where is my order").await.thread;
    (it, thread)
}

#[tokio::test]
async fn an_unclear_answer_is_never_sent_again() {
    let (it, thread) = with_thread().await;
    let faults = [
        (Fault::Cut(When::AfterRecording), "CONNECTION_LOST"),
        (Fault::Cut(When::BeforeRecording), "CONNECTION_LOST"),
        (Fault::ServerError(When::AfterRecording), "SERVER_ERROR"),
        (Fault::NotJson(When::BeforeRecording), "UNREADABLE_ANSWER"),
        (Fault::Truncated(When::AfterRecording), "CONNECTION_LOST"),
        (Fault::Delay(Duration::from_secs(3)), "TIMED_OUT"),
        (Fault::BUSY, "PROVIDER_BUSY"),
    ];

    for (calls, (fault, reason)) in (1..).zip(faults) {
        it.provider.misbehave(fault, 1);
        let message = it.queue(&thread, "hello").await;
        let delivery = it.delivered(&message, ENDED).await;

        assert_eq!((delivery.state(), delivery.failure_reason.as_str()), (State::Unknown, reason));
        it.announces(&delivery.name, &["DeliveryOutcomeUnknown"]).await;
        it.clock.advance(Duration::from_secs(30));
        assert_eq!(it.provider.calls(Endpoint::Send), calls);
    }

    let after = it.queue(&thread, "the thread goes on").await;
    assert_eq!(it.delivered(&after, ENDED).await.state(), State::Sent);
}

#[tokio::test]
async fn a_reply_that_the_providers_record_shows_is_settled_as_sent() {
    let (it, thread) = with_thread().await;
    it.provider.misbehave(Fault::Cut(When::AfterRecording), 1);
    let message = it.queue(&thread, "hello").await;
    it.delivered(&message, &[State::Unknown]).await;

    it.clock.advance(Duration::from_secs(61));

    let delivery = it.delivered(&message, &[State::Sent]).await;
    assert_eq!(it.provider.calls(Endpoint::Send), 1);
    it.announces(&delivery.name, &["DeliveryOutcomeUnknown", "DeliverySent"]).await;
}

#[tokio::test]
async fn a_reply_that_the_record_does_not_show_stays_unknown() {
    let (it, thread) = with_thread().await;
    it.provider.misbehave(Fault::Cut(When::BeforeRecording), 1);
    let message = it.queue(&thread, "hello").await;
    it.delivered(&message, &[State::Unknown]).await;

    it.clock.advance(Duration::from_secs(61));

    eventually("the record to be asked", || async { 0 < it.provider.calls(Endpoint::Records) })
        .await;
    assert_eq!(it.delivered(&message, ENDED).await.state(), State::Unknown);
    assert_eq!(it.provider.calls(Endpoint::Send), 1);
}

#[tokio::test]
async fn a_reply_that_a_dead_process_was_sending_is_unknown_after_a_restart() {
    let (it, thread) = with_thread().await;
    it.provider.misbehave(Fault::Cut(When::BeforeRecording), 1);
    let message = it.queue(&thread, "hello").await;
    let delivery = it.delivered(&message, &[State::Unknown]).await;
    // As a process leaves the row that is killed between the commit and the provider's answer.
    let db = it.database.connect::<Migrator>().await;
    let txn = db.begin(it.tenant).await.unwrap();
    let owner = match db.backend() {
        sea_orm::DbBackend::Sqlite => "?",
        _ => "$1",
    };
    let update =
        format!("UPDATE deliveries SET state = 'SENDING', version = 0, lease_owner = {owner}");
    let update = Statement::from_sql_and_values(db.backend(), update, [Uuid::new_v4().into()]);
    txn.execute_raw(update).await.unwrap();
    txn.execute_unprepared("DELETE FROM outbox").await.unwrap();
    txn.commit().await.unwrap();

    it.clock.advance(Duration::from_secs(5));
    let again = it.restart().await;

    let found = again.delivered(&message, &[State::Unknown]).await;
    assert_eq!((found.name, found.failure_reason.as_str()), (delivery.name, "ABANDONED"));
    assert_eq!(again.provider.calls(Endpoint::Send), 1);
}

#[tokio::test]
async fn two_processes_share_the_work_and_send_nothing_twice() {
    let it = Harness::start_with(|it| it.delivery.delivery_parallel = 1).await;
    let source = it.connect(Mode::Plain).await;
    it.provider.misbehave(Fault::Delay(Duration::from_millis(100)), 24);
    let people: Vec<String> = (0..8).map(|number| format!("o-{number}")).collect();
    for (person, id) in people.iter().zip(1..) {
        it.write_as(person, &source, id, person).await;
    }
    let threads = it.written(&source).await;
    let other = it.replica().await;

    let mut messages = Vec::new();
    for number in 0..3 {
        for thread in &threads {
            messages.push(it.queue(&thread.thread, &format!("reply {number}")).await);
        }
    }

    for message in &messages {
        other.delivered(message, &[State::Sent]).await;
    }
    for person in people {
        let sent = it.provider.sent().into_iter().filter(|it| it.openid == person);
        let texts: Vec<_> = sent.filter_map(|it| it.text).collect();
        assert_eq!(texts, ["reply 0", "reply 1", "reply 2"]);
    }
    let db = it.database.connect::<Migrator>().await;
    let txn = db.read_system().await.unwrap();
    let select = "SELECT count(DISTINCT lease_owner) AS owners FROM deliveries";
    let row = txn.query_one_raw(Statement::from_string(db.backend(), select)).await;
    assert_eq!(row.unwrap().unwrap().try_get::<i64>("", "owners").unwrap(), 2);
}

#[tokio::test]
async fn a_reply_that_is_on_its_way_out_is_waited_for_when_the_process_stops() {
    let (it, thread) = with_thread().await;
    it.provider.misbehave(Fault::Delay(Duration::from_millis(200)), 1);
    let message = it.queue(&thread, "hello").await;
    eventually("the send to begin", || async { it.provider.calls(Endpoint::Send) == 1 }).await;

    let again = it.restart().await;

    let delivery = again.delivered(&message, ENDED).await;
    assert_eq!(delivery.state(), State::Sent);
    assert_eq!(again.provider.calls(Endpoint::Send), 1);
}

#[tokio::test]
async fn a_long_reply_in_doubt_halfway_is_unknown_and_no_piece_of_it_is_sent_again() {
    let (it, thread) = with_thread().await;
    let text = "您的订单已经发货，请耐心等待。".repeat(100);
    it.provider.misbehave(Fault::Delay(Duration::ZERO), 1);
    it.provider.misbehave(Fault::Cut(When::AfterRecording), 1);

    let message = it.queue(&thread, &text).await;

    let delivery: pb::Delivery = it.delivered(&message, ENDED).await;
    assert_eq!(delivery.state(), State::Unknown);
    it.clock.advance(Duration::from_secs(61));
    let after = it.queue(&thread, "next").await;
    it.delivered(&after, &[State::Sent]).await;
    assert_eq!(it.provider.calls(Endpoint::Send), 3);
}
