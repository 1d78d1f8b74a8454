//! What `InboxService/CreateInbox` does and refuses.

use proto::messaging::v1 as pb;
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, fields, name, reason, usual_inbox};

#[tokio::test]
async fn a_created_inbox_is_readable_and_announced() {
    let mut it = Harness::start().await;

    let created = it.calls.inbox().await;

    let request = pb::GetInboxRequest { name: created.name.clone() };
    let read = it.calls.inboxes.get_inbox(request).await.unwrap().into_inner();
    assert_eq!(read, created);
    assert_eq!((read.display_name.as_str(), read.auto_reply), ("Shop", true));
    assert!(!read.etag.is_empty());
    assert_eq!(it.announced(&created.name, 1).await, ["InboxCreated"]);
    let event: pb::InboxCreated = it.event(&created.name, 1).await;
    assert_eq!(event.source, created.source);
}

#[tokio::test]
async fn a_source_has_one_live_inbox() {
    let mut it = Harness::start().await;
    let first = it.calls.inbox().await;

    let status =
        it.calls.create_inbox(|inbox| inbox.source = first.source.clone()).await.unwrap_err();

    assert_eq!((status.code(), reason(&status).as_str()), (Code::AlreadyExists, "SOURCE_TAKEN"));
}

#[tokio::test]
async fn inboxes_without_a_source_do_not_block_each_other() {
    let mut it = Harness::start().await;

    for _ in 0..2 {
        it.calls.create_inbox(|inbox| inbox.source.clear()).await.unwrap();
    }
}

#[tokio::test]
async fn every_malformed_field_is_named() {
    let mut it = Harness::start().await;

    let status = it
        .calls
        .create_inbox(|inbox| {
            inbox.display_name = "x".repeat(101);
            inbox.channel = 99;
            inbox.source = "shops/1".to_owned();
            inbox.default_assignee = "x".repeat(129);
        })
        .await
        .unwrap_err();

    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_FIELD"));
    let expected =
        ["inbox.channel", "inbox.source", "inbox.display_name", "inbox.default_assignee"];
    assert_eq!(fields(&status), expected);
}

#[tokio::test]
async fn what_is_required_must_be_there() {
    let mut it = Harness::start().await;

    let nothing = pb::CreateInboxRequest::default();
    let nothing = it.calls.inboxes.create_inbox(nothing).await.unwrap_err();
    let no_name = it.calls.create_inbox(|inbox| inbox.display_name.clear()).await.unwrap_err();
    let no_channel = it.calls.create_inbox(|inbox| inbox.channel = 0).await.unwrap_err();

    for (status, field) in
        [(nothing, "inbox"), (no_name, "inbox.display_name"), (no_channel, "inbox.channel")]
    {
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(reason(&status), "FIELD_REQUIRED");
        assert_eq!(fields(&status), [field]);
    }
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_another_under_its_id_is_refused() {
    let mut it = Harness::start().await;
    let request = pb::CreateInboxRequest {
        inbox: Some(usual_inbox()),
        request_id: Uuid::now_v7().to_string(),
    };
    let first = it.calls.inboxes.create_inbox(request.clone()).await.unwrap().into_inner();

    let again = it.calls.inboxes.create_inbox(request.clone()).await.unwrap().into_inner();
    let mut other = request;
    other.inbox.as_mut().unwrap().source = name("sources");
    let status = it.calls.inboxes.create_inbox(other.clone()).await.unwrap_err();
    other.request_id = "first".to_owned();
    let malformed = it.calls.inboxes.create_inbox(other).await.unwrap_err();

    assert_eq!(again, first);
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(reason(&status), "REQUEST_ID_REUSED");
    assert_eq!(fields(&malformed), ["request_id"]);
}

#[tokio::test]
async fn a_name_that_is_none_and_an_inbox_that_is_not_there_are_told_apart() {
    let mut it = Harness::start().await;

    let malformed = pb::GetInboxRequest { name: "inboxes/1".to_owned() };
    let malformed = it.calls.inboxes.get_inbox(malformed).await.unwrap_err();
    let missing = pb::GetInboxRequest { name: name("inboxes") };
    let missing = it.calls.inboxes.get_inbox(missing).await.unwrap_err();

    assert_eq!(
        (malformed.code(), fields(&malformed)),
        (Code::InvalidArgument, vec!["name".into()])
    );
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "INBOX_NOT_FOUND"));
}
