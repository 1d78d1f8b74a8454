//! Every way a delivery may go, and the ways it may not.

use std::time::Duration;

use super::*;

const POLICY: RetryPolicy = RetryPolicy {
    first_pause: Duration::from_secs(1),
    longest_pause: Duration::from_secs(60),
    give_up_after: Duration::from_secs(3600),
};

fn delivery() -> Delivery {
    let now = DateTime::default();
    let message = MessageName { conversation: Uuid::nil(), message: Uuid::nil() };
    let to = (SourceId::new(now), ThreadId::new(now), Channel::WeChat);
    Delivery::accept(message, 1, to, 1, None, now)
}

fn sending() -> Delivery {
    let now = DateTime::default();
    delivery().send(Lease { owner: Uuid::nil(), expire_time: now }, now)
}

#[test]
fn every_verdict_ends_in_the_state_it_asks_for() {
    #[track_caller]
    fn check(verdict: Verdict, state: DeliveryState, event: Option<DeliveryEvent>, version: u64) {
        let (ended, announced) = sending().end(&verdict, &POLICY, 0.0, DateTime::default());
        assert_eq!((ended.state, announced, ended.version), (state, event, version));
    }

    let throttled = Verdict::NotNow { reason: "THROTTLED", retry_after: None };
    check(Verdict::Sent, DeliveryState::Sent, Some(DeliveryEvent::Sent), 1);
    check(
        Verdict::Refused { reason: "WINDOW_CLOSED", code: 45015 },
        DeliveryState::Failed,
        Some(DeliveryEvent::Failed),
        1,
    );
    check(
        Verdict::Doubtful { reason: "TIMED_OUT" },
        DeliveryState::Unknown,
        Some(DeliveryEvent::OutcomeUnknown),
        1,
    );
    check(throttled, DeliveryState::Pending, None, 0);
}

#[test]
fn what_never_left_is_given_up_when_it_is_too_old() {
    let throttled = Verdict::NotNow { reason: "THROTTLED", retry_after: None };
    let late = DateTime::default() + Duration::from_secs(3600);

    let (failed, event) = sending().end(&throttled, &POLICY, 0.0, late);

    assert_eq!((failed.state, event), (DeliveryState::Failed, Some(DeliveryEvent::Failed)));
    assert_eq!(failed.failure_reason.as_deref(), Some("THROTTLED"));
}

#[test]
fn pauses_double_up_to_their_limit_and_jitter_takes_away_half_at_most() {
    #[track_caller]
    fn check(attempts: i32, jitter: f64, millis: u64) {
        assert_eq!(POLICY.pause(attempts, jitter), Duration::from_millis(millis));
    }

    check(1, 0.0, 1_000);
    check(2, 0.0, 2_000);
    check(3, 1.0, 2_000);
    check(7, 0.0, 60_000);
    check(i32::MAX, 0.0, 60_000);
    check(i32::MIN, 0.0, 1_000);
}

#[test]
fn a_provider_may_ask_for_a_longer_pause() {
    let retry_after = Some(Duration::from_secs(300));
    let throttled = Verdict::NotNow { reason: "THROTTLED", retry_after };

    let (waiting, _) = sending().end(&throttled, &POLICY, 1.0, DateTime::default());

    assert_eq!(waiting.next_attempt_time, Some(DateTime::default() + Duration::from_secs(300)));
}

#[test]
fn an_owner_who_comes_too_late_settles_but_never_tries_again() {
    #[track_caller]
    fn check(verdict: Verdict, expected: Option<DeliveryState>) {
        let lost = Verdict::Doubtful { reason: "ABANDONED" };
        let now = DateTime::default();
        let (unknown, _) = sending().end(&lost, &POLICY, 0.0, now);
        let ended = unknown.clone().end_by(Uuid::nil(), &verdict, &POLICY, 0.0, now);
        assert_eq!(ended.map(|(it, _)| it.state), expected);
        assert_eq!(unknown.end_by(Uuid::max(), &verdict, &POLICY, 0.0, now), None);
    }

    check(Verdict::Sent, Some(DeliveryState::Sent));
    check(Verdict::Refused { reason: "OTHER", code: 1 }, Some(DeliveryState::Failed));
    check(Verdict::NotNow { reason: "THROTTLED", retry_after: None }, Some(DeliveryState::Failed));
    check(Verdict::Doubtful { reason: "CUT" }, None);
}

#[test]
fn only_an_unknown_outcome_can_be_resolved() {
    let doubtful = Verdict::Doubtful { reason: "CUT" };
    let (unknown, _) = sending().end(&doubtful, &POLICY, 0.0, DateTime::default());

    let (sent, event) = unknown.resolve(Resolution::Sent, DateTime::default()).unwrap();

    assert_eq!((sent.state, event, sent.version), (DeliveryState::Sent, DeliveryEvent::Sent, 2));
    assert!(matches!(
        sent.resolve(Resolution::Failed, DateTime::default()),
        Err(Error::DeliverySettled(_))
    ));
}
