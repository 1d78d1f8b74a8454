//! What `ConversationService/SetConversationStatus` does and refuses, and how what was snoozed wakes.

use std::time::Duration;

use chassis::clock::Clock;
use prost_types::Timestamp;
use proto::messaging::v1::{self as pb, conversation::Status};
use testkit::eventually;
use tonic::Code;

use crate::harness::{Calls, Harness, fields, name, reason};

async fn snooze(
    calls: &mut Calls,
    name: &str,
    until: Option<i64>,
) -> Result<pb::Conversation, tonic::Status> {
    let request = pb::SetConversationStatusRequest {
        name: name.to_owned(),
        status: Status::Snoozed.into(),
        snooze_until_time: until.map(|seconds| Timestamp { seconds, nanos: 0 }),
        ..Default::default()
    };
    calls.conversations.set_conversation_status(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn a_resolved_conversation_may_only_be_opened_again() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    it.calls.set_status(&opened.name, Status::Resolved).await.unwrap();

    for status in [Status::Pending, Status::Resolved] {
        let refused = it.calls.set_status(&opened.name, status).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(reason(&refused), "STATUS_CHANGE_ILLEGAL");
    }
    let reopened = it.calls.set_status(&opened.name, Status::Open).await.unwrap();

    assert_eq!(reopened.status(), Status::Open);
    let changed: pb::ConversationStatusChanged = it.event(&opened.name, 3).await;
    assert_eq!((changed.from_status(), changed.status()), (Status::Resolved, Status::Open));
}

#[tokio::test]
async fn a_conversation_is_not_opened_again_beside_another_of_its_thread() {
    let mut it = Harness::start().await;
    let first = it.conversation().await;
    it.calls.set_status(&first.name, Status::Resolved).await.unwrap();
    it.calls.open(&first.inbox, Some(first.thread)).await.unwrap();

    let refused = it.calls.set_status(&first.name, Status::Open).await.unwrap_err();

    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "STATUS_CHANGE_ILLEGAL");
}

#[tokio::test]
async fn a_snoozed_conversation_opens_when_its_time_comes() {
    let clock = Clock::fixed(Clock::system().now());
    let mut it = Harness::start_at(clock.clone()).await;
    let opened = it.conversation().await;
    let until = clock.now().timestamp() + 3_600;

    let snoozed = snooze(&mut it.calls, &opened.name, Some(until)).await.unwrap();
    clock.advance(Duration::from_secs(3_601));

    assert_eq!(snoozed.status(), Status::Snoozed);
    assert_eq!(snoozed.snooze_until_time.unwrap().seconds, until);
    let woken = eventually("the conversation to open", || async {
        let request = pb::GetConversationRequest { name: opened.name.clone() };
        let read = it.calls.conversations.clone().get_conversation(request).await.unwrap();
        Some(read.into_inner()).filter(|it| it.status() == Status::Open)
    });
    assert_eq!(woken.await.snooze_until_time, None);
    let changed: pb::ConversationStatusChanged = it.event(&opened.name, 3).await;
    assert_eq!(changed.from_status(), Status::Snoozed);
}

#[tokio::test]
async fn a_status_change_is_refused_for_these_reasons() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;

    let unsaid = it.calls.set_status(&opened.name, Status::Unspecified).await.unwrap_err();
    let missing = it.calls.set_status(&name("conversations"), Status::Open).await.unwrap_err();
    let no_time = snooze(&mut it.calls, &opened.name, None).await.unwrap_err();
    let past = snooze(&mut it.calls, &opened.name, Some(1)).await.unwrap_err();
    let never = snooze(&mut it.calls, &opened.name, Some(i64::MAX)).await.unwrap_err();
    let unknown = pb::SetConversationStatusRequest {
        name: opened.name.clone(),
        status: 99,
        ..Default::default()
    };
    let unknown = it.calls.conversations.set_conversation_status(unknown).await.unwrap_err();
    let stale = pb::SetConversationStatusRequest {
        name: opened.name,
        status: Status::Pending.into(),
        etag: "\"9\"".to_owned(),
        ..Default::default()
    };
    let stale = it.calls.conversations.set_conversation_status(stale).await.unwrap_err();

    assert_eq!(reason(&unsaid), "FIELD_REQUIRED");
    assert_eq!(reason(&missing), "CONVERSATION_NOT_FOUND");
    assert_eq!(fields(&unknown), ["status"]);
    assert_eq!(reason(&stale), "CONVERSATION_CHANGED");
    for status in [no_time, past, never] {
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(fields(&status), ["snooze_until_time"]);
    }
}
