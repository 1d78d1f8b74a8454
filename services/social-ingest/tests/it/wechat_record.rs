//! WeChat's record of sent messages, by which a doubtful send is looked up.

use std::time::Duration;

use chrono::Utc;
use emulators::wechat::{Endpoint, Fault, When};
use social_ingest::channels::outbound::{Doubt, Lookup, Outcome};

use crate::wechat::{Harness, OPENID};

#[tokio::test]
async fn a_doubtful_send_is_found_on_record_or_is_absent() {
    let wechat = Harness::start().await;
    wechat.provider.misbehave(Fault::Cut(When::AfterRecording), 1);
    wechat.provider.misbehave(Fault::Cut(When::BeforeRecording), 1);
    assert_eq!(wechat.send(" went out ").await, Outcome::Unknown(Doubt::Cut));
    assert_eq!(wechat.send("did not").await, Outcome::Unknown(Doubt::Cut));

    assert_eq!(wechat.look_up("went out").await, Lookup::Recorded { count: 1 });
    assert_eq!(wechat.look_up("did not").await, Lookup::Absent);

    let other = wechat.client.look_up(&wechat.app, "o-other", "went out", Utc::now()).await;
    let long_ago = Utc::now() - Duration::from_secs(3600);
    let earlier = wechat.client.look_up(&wechat.app, OPENID, "went out", long_ago).await;
    assert_eq!((other, earlier), (Lookup::Absent, Lookup::Absent));
}

#[tokio::test]
async fn a_long_record_is_read_page_by_page() {
    let wechat = Harness::start().await;
    for number in 0..501 {
        wechat.send(&format!("no. {number}")).await;
    }
    wechat.send("no. 3").await;

    assert_eq!(wechat.look_up("no. 3").await, Lookup::Recorded { count: 2 });
    assert_eq!(wechat.look_up("no. 500").await, Lookup::Recorded { count: 1 });
    assert_eq!(wechat.provider.calls(Endpoint::Records), 4);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_says_nothing() {
    let wechat = Harness::start().await;
    wechat.send("hello").await;
    let faults = [
        Fault::Refuse(65400),
        Fault::Cut(When::BeforeRecording),
        Fault::NotJson(When::AfterRecording),
        Fault::ServerError(When::AfterRecording),
        Fault::Oversized(When::AfterRecording),
        Fault::RATE_LIMITED,
    ];

    for fault in faults {
        wechat.provider.misbehave_at(Endpoint::Records, fault, 1);
        assert_eq!(wechat.look_up("hello").await, Lookup::Unavailable, "{fault:?}");
    }
    wechat.provider.misbehave_at(Endpoint::Records, Fault::TokenExpired, 1);
    assert_eq!(wechat.look_up("hello").await, Lookup::Recorded { count: 1 });
}
