//! What `AutoReplyRuleService/CreateAutoReplyRule` and `GetAutoReplyRule` do and refuse.

use proto::messaging::v1::{self as pb, auto_reply_rule::Action};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, fields, name, reason, usual_rule};

#[tokio::test]
async fn a_created_rule_is_readable_and_announced() {
    let mut it = Harness::start().await;

    let created = it.calls.create_rule(|_| ()).await.unwrap();

    let request = pb::GetAutoReplyRuleRequest { name: created.name.clone() };
    let read = it.calls.rules.get_auto_reply_rule(request).await.unwrap().into_inner();
    assert_eq!(read, created);
    assert_eq!((read.priority, read.replies.len()), (100, 2));
    assert_eq!(it.announced(&created.name, 1).await, ["AutoReplyRuleCreated"]);
}

#[tokio::test]
async fn every_malformed_field_is_named() {
    let mut it = Harness::start().await;

    let status = it
        .calls
        .create_rule(|rule| {
            rule.display_name = "x".repeat(101);
            rule.intent = "Order Status".to_owned();
            rule.inbox = "x".to_owned();
            rule.action = 99;
            rule.replies = [("".to_owned(), "hi".to_owned())].into();
            rule.assignee = "x".repeat(129);
        })
        .await
        .unwrap_err();

    assert_eq!(status.code(), Code::InvalidArgument);
    let expected = ["display_name", "intent", "inbox", "action", "replies", "assignee"];
    assert_eq!(fields(&status), expected.map(|field| format!("auto_reply_rule.{field}")));
}

#[tokio::test]
async fn a_rule_is_refused_for_these_reasons() {
    let mut it = Harness::start().await;

    let no_action = it.calls.create_rule(|rule| rule.action = 0).await.unwrap_err();
    let no_intent = it.calls.create_rule(|rule| rule.intent.clear()).await.unwrap_err();
    let no_reply = it.calls.create_rule(|rule| rule.replies.clear()).await.unwrap_err();
    let no_inbox = it.calls.create_rule(|rule| rule.inbox = name("inboxes")).await.unwrap_err();
    let silent = |rule: &mut pb::AutoReplyRule| {
        rule.replies.clear();
        rule.set_action(Action::Assign);
    };

    assert!(it.calls.create_rule(silent).await.is_ok());
    assert_eq!(
        (reason(&no_action), fields(&no_action)),
        ("FIELD_REQUIRED".into(), vec!["auto_reply_rule.action".into()])
    );
    assert_eq!(reason(&no_intent), "FIELD_REQUIRED");
    assert_eq!(fields(&no_reply), ["auto_reply_rule.replies"]);
    assert_eq!((no_inbox.code(), reason(&no_inbox).as_str()), (Code::NotFound, "INBOX_NOT_FOUND"));
}

#[tokio::test]
async fn the_same_request_creates_one_rule() {
    let mut it = Harness::start().await;
    let request = pb::CreateAutoReplyRuleRequest {
        auto_reply_rule: Some(usual_rule()),
        request_id: Uuid::now_v7().to_string(),
    };

    let first = it.calls.rules.create_auto_reply_rule(request.clone()).await.unwrap();
    let again = it.calls.rules.create_auto_reply_rule(request).await.unwrap();

    assert_eq!(first.into_inner(), again.into_inner());
}

#[tokio::test]
async fn a_rule_that_is_not_there_is_not_found() {
    let mut it = Harness::start().await;

    let request = pb::GetAutoReplyRuleRequest { name: name("autoReplyRules") };
    let status = it.calls.rules.get_auto_reply_rule(request).await.unwrap_err();

    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "RULE_NOT_FOUND"));
}
