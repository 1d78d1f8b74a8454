//! WeChat's customer-service client against an emulator that breaks in every way it knows.

use std::{sync::Arc, time::Duration};

use emulators::wechat::{Endpoint, Fault, When};
use social_ingest::channels::{
    outbound::{Doubt, NotSent, Outcome, Reason},
    reach::Reach,
    wechat::client::{App, Client, Settings, TokenEndpoint},
};
use tokio::net::TcpListener;

use crate::wechat::{APP, Harness, OPENID, SECRET, sent, settings};

#[tokio::test]
async fn a_text_arrives_as_it_was_written() {
    let wechat = Harness::start().await;

    let outcome = wechat.send("您的订单已发货 <a> & \"b\" 👍").await;

    assert_eq!(outcome, sent());
    let messages = wechat.provider.sent();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].openid, OPENID);
    assert_eq!(messages[0].app_id, APP);
    assert_eq!(messages[0].text.as_deref(), Some("您的订单已发货 <a> & \"b\" 👍"));
}

#[tokio::test]
async fn twenty_callers_share_one_token() {
    let wechat = Harness::start().await;

    let client = Arc::new(wechat.client);
    let sends = (0..20).map(|number| {
        let (client, app) = (client.clone(), wechat.app.clone());
        tokio::spawn(async move { client.send_text(&app, OPENID, &format!("no. {number}")).await })
    });
    let outcomes = futures::future::try_join_all(sends).await.unwrap();

    assert!(outcomes.iter().all(|outcome| *outcome == sent()));
    assert_eq!(wechat.provider.calls(Endpoint::Token), 1);
}

#[tokio::test]
async fn twenty_callers_whose_token_ended_fetch_one_new_token() {
    let wechat = Harness::start().await;
    wechat.send("first").await;
    wechat.provider.expire_tokens();

    let outcomes = futures::future::join_all((0..20).map(|_| wechat.send("again"))).await;

    assert!(outcomes.iter().all(|outcome| *outcome == sent()));
    assert_eq!(wechat.provider.calls(Endpoint::Token), 2);
    assert_eq!(wechat.taken().len(), 21);
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_once_and_the_message_goes_out_once() {
    for fault in [Fault::TokenExpired, Fault::TokenInvalid] {
        let wechat = Harness::start().await;
        wechat.provider.misbehave(fault, 1);

        assert_eq!(wechat.send("hello").await, sent(), "{fault:?}");

        assert_eq!(wechat.taken(), ["hello"]);
        assert_eq!(wechat.provider.calls(Endpoint::Token), 2);
        assert_eq!(wechat.provider.calls(Endpoint::Send), 2);
    }
}

#[tokio::test]
async fn a_token_that_the_provider_stands_by_yet_refuses_is_replaced_by_force() {
    for code in [40001, 40014, 42001] {
        let wechat = Harness::start().await;
        wechat.provider.misbehave(Fault::Refuse(code), 1);

        assert_eq!(wechat.send("hello").await, sent());

        assert_eq!(wechat.provider.calls(Endpoint::Token), 3);
    }
}

#[tokio::test]
async fn tokens_are_not_forced_again_and_again() {
    let wechat = Harness::start().await;
    wechat.provider.misbehave(Fault::Refuse(40001), 10);

    let first = wechat.send("hello").await;
    let second = wechat.send("hello").await;

    assert_eq!(first, Outcome::Refused { code: 40001, reason: Reason::WrongCredentials });
    assert!(matches!(second, Outcome::Throttled { .. }), "{second:?}");
    assert_eq!(wechat.taken(), [""; 0]);
}

#[tokio::test]
async fn the_classic_token_endpoint_works_too() {
    let classic = Settings { token_endpoint: TokenEndpoint::Classic, ..settings() };
    let wechat = Harness::with(classic).await;
    wechat.provider.register(APP, SECRET);
    wechat.provider.misbehave(Fault::TokenExpired, 1);

    assert_eq!(wechat.send("hello").await, sent());
}

#[tokio::test]
async fn a_clear_no_is_final() {
    #[track_caller]
    fn refused(code: i64, reason: Reason) -> (Fault, Outcome) {
        (Fault::Refuse(code), Outcome::Refused { code, reason })
    }

    let wechat = Harness::start().await;
    let cases = [
        refused(45015, Reason::WindowClosed),
        refused(45047, Reason::QuotaExceeded),
        refused(43004, Reason::RecipientUnavailable),
        refused(40003, Reason::RecipientUnavailable),
        refused(45002, Reason::TooLong),
        refused(87014, Reason::ForbiddenContent),
        refused(48001, Reason::NotPermitted),
        refused(99999, Reason::Other),
    ];
    for (fault, expected) in cases {
        wechat.provider.misbehave(fault, 1);
        assert_eq!(wechat.send("hello").await, expected);
    }
    assert_eq!(wechat.taken(), [""; 0]);
}

#[tokio::test]
async fn the_sixth_message_after_one_of_theirs_and_one_after_two_days_are_refused() {
    let wechat = Harness::start().await;
    wechat.provider.user_wrote(OPENID);

    for number in 0..5 {
        assert_eq!(wechat.send(&format!("no. {number}")).await, sent());
    }
    let sixth = wechat.send("one too many").await;
    wechat.provider.advance(Duration::from_secs(48 * 3600));
    let late = wechat.send("too late").await;

    assert_eq!(sixth, Outcome::Refused { code: 45047, reason: Reason::QuotaExceeded });
    assert_eq!(late, Outcome::Refused { code: 45015, reason: Reason::WindowClosed });
    assert_eq!(wechat.taken().len(), 5);
}

#[tokio::test]
async fn a_limit_says_how_long_to_wait() {
    #[track_caller]
    fn check(outcome: &Outcome, seconds: u64) {
        let expected = Outcome::Throttled { retry_after: Duration::from_secs(seconds) };
        assert_eq!(*outcome, expected);
    }

    let wechat = Harness::start().await;
    wechat.provider.misbehave(Fault::DAILY_LIMIT, 1);
    wechat.provider.misbehave(Fault::RATE_LIMITED, 1);
    wechat.provider.misbehave(Fault::TooManyRequests(7), 1);
    wechat.provider.misbehave(Fault::TooManyRequests(1_000_000), 1);

    check(&wechat.send("hello").await, 3600);
    check(&wechat.send("hello").await, 60);
    check(&wechat.send("hello").await, 7);
    check(&wechat.send("hello").await, 3600);

    wechat.provider.limit_per_second(1);
    let outcomes = futures::future::join_all((0..10).map(|_| wechat.send("hello"))).await;
    let throttled = Outcome::Throttled { retry_after: Duration::from_secs(60) };
    assert!(outcomes.contains(&sent()) && outcomes.contains(&throttled));
}

#[tokio::test]
async fn whatever_is_no_clear_answer_leaves_the_outcome_unknown_and_is_never_resent() {
    use When::{AfterRecording, BeforeRecording};

    let cases = [
        (Fault::Cut(BeforeRecording), Doubt::Cut, 0),
        (Fault::Cut(AfterRecording), Doubt::Cut, 1),
        (Fault::Truncated(AfterRecording), Doubt::Cut, 1),
        (Fault::ServerError(BeforeRecording), Doubt::ServerError, 0),
        (Fault::ServerError(AfterRecording), Doubt::ServerError, 1),
        (Fault::NotJson(BeforeRecording), Doubt::UnreadableAnswer, 0),
        (Fault::NotJson(AfterRecording), Doubt::UnreadableAnswer, 1),
        (Fault::Oversized(AfterRecording), Doubt::UnreadableAnswer, 1),
        (Fault::BUSY, Doubt::Busy, 0),
    ];
    for (fault, doubt, recorded) in cases {
        let wechat = Harness::start().await;
        wechat.provider.misbehave(fault, 1);

        assert_eq!(wechat.send("hello").await, Outcome::Unknown(doubt), "{fault:?}");

        assert_eq!(wechat.taken().len(), recorded, "{fault:?}");
        assert_eq!(wechat.provider.calls(Endpoint::Send), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_leaves_the_outcome_unknown() {
    let hasty = Settings { total_timeout: Duration::from_secs(1), ..settings() };
    let wechat = Harness::with(hasty).await;
    assert_eq!(wechat.send("first").await, sent());
    wechat.provider.misbehave(Fault::Delay(Duration::from_secs(30)), 1);

    assert_eq!(wechat.send("second").await, Outcome::Unknown(Doubt::TimedOut));

    assert_eq!(wechat.taken(), ["first", "second"]);
}

#[tokio::test]
async fn a_slow_answer_in_time_is_an_answer() {
    let wechat = Harness::start().await;
    wechat.provider.misbehave(Fault::Delay(Duration::from_millis(50)), 1);

    assert_eq!(wechat.send("hello").await, sent());
}

#[tokio::test]
async fn a_connection_that_is_never_made_has_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&settings()).unwrap();

    for address in [closed.as_str(), "http://no-such-host.invalid"] {
        let app = App::parse(address, APP, SECRET).unwrap();
        let outcome = client.send_text(&app, OPENID, "hello").await;
        assert_eq!(outcome, Outcome::NotSent(NotSent::Unreachable));
    }
}

#[tokio::test]
async fn a_provider_that_leaves_between_two_sends_has_taken_one() {
    let wechat = Harness::start().await;
    assert_eq!(wechat.send("first").await, sent());
    wechat.provider.stop().await;

    let outcome = wechat.client.send_text(&wechat.app, OPENID, "second").await;

    assert_eq!(outcome, Outcome::NotSent(NotSent::Unreachable));
}

#[tokio::test]
async fn a_token_that_cannot_be_had_has_sent_nothing() {
    use When::{AfterRecording, BeforeRecording};

    let cases = [
        (Fault::Cut(BeforeRecording), Outcome::NotSent(NotSent::NoToken)),
        (Fault::Cut(AfterRecording), Outcome::NotSent(NotSent::NoToken)),
        (Fault::ServerError(AfterRecording), Outcome::NotSent(NotSent::NoToken)),
        (Fault::NotJson(AfterRecording), Outcome::NotSent(NotSent::NoToken)),
        (Fault::Truncated(AfterRecording), Outcome::NotSent(NotSent::NoToken)),
        (Fault::Oversized(AfterRecording), Outcome::NotSent(NotSent::NoToken)),
        (Fault::BUSY, Outcome::NotSent(NotSent::NoToken)),
        (Fault::RATE_LIMITED, Outcome::Throttled { retry_after: Duration::from_secs(60) }),
        (Fault::Refuse(40001), Outcome::Refused { code: 40001, reason: Reason::WrongCredentials }),
        (Fault::Refuse(40164), Outcome::Refused { code: 40164, reason: Reason::NotPermitted }),
    ];
    for (fault, expected) in cases {
        let wechat = Harness::start().await;
        wechat.provider.misbehave_at(Endpoint::Token, fault, 1);

        assert_eq!(wechat.send("hello").await, expected, "{fault:?}");

        assert_eq!(wechat.provider.calls(Endpoint::Send), 0);
        assert_eq!(wechat.send("hello").await, sent(), "after {fault:?}");
    }
}

#[tokio::test]
async fn a_slow_token_endpoint_uses_up_the_time_of_the_send() {
    let hasty = Settings { total_timeout: Duration::from_millis(300), ..settings() };
    let wechat = Harness::with(hasty).await;
    wechat.provider.misbehave_at(Endpoint::Token, Fault::Delay(Duration::from_secs(30)), 1);

    assert_eq!(wechat.send("hello").await, Outcome::NotSent(NotSent::NoToken));

    assert_eq!(wechat.provider.calls(Endpoint::Send), 0);
}

#[tokio::test]
async fn whoever_does_not_know_the_secret_does_not_share_the_token() {
    let wechat = Harness::start().await;
    wechat.provider.register(APP, SECRET);
    assert_eq!(wechat.send("ours").await, sent());

    let thief = App::parse(&wechat.provider.base_url(), APP, "guessed").unwrap();
    let outcome = wechat.client.send_text(&thief, OPENID, "theirs").await;

    assert_eq!(outcome, Outcome::Refused { code: 40125, reason: Reason::WrongCredentials });
    assert_eq!(wechat.taken(), ["ours"]);
}

#[tokio::test]
async fn an_address_inside_our_network_is_not_called() {
    let guarded = Settings { reach: Reach::Public, ..settings() };
    let wechat = Harness::with(guarded).await;
    let port = wechat.provider.address().port();

    assert_eq!(wechat.send("hello").await, Outcome::NotSent(NotSent::AddressForbidden));
    let by_name = App::parse(&format!("https://localhost:{port}"), APP, SECRET).unwrap();
    let outcome = wechat.client.send_text(&by_name, OPENID, "hello").await;

    assert_eq!(outcome, Outcome::NotSent(NotSent::Unreachable));
    assert_eq!(wechat.provider.calls(Endpoint::Token), 0);
}

#[test]
fn an_address_that_hides_something_is_refused() {
    let parse = |address| App::parse(address, APP, SECRET);

    for address in
        ["", "api.weixin.qq.com", "ftp://a", "https://u:p@a", "https://a?b=c", "https://a#b"]
    {
        assert!(parse(address).is_err(), "{address}");
    }
    let app = parse("https://proxy.example/wechat/").unwrap();
    assert!(!format!("{app:?}").contains(SECRET));
}
