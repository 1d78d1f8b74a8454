//! What `ConversationService/AssignConversation` and `UnassignConversation` do and refuse.

use proto::messaging::v1 as pb;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::harness::{Calls, Harness, fields, name, reason};

async fn assign(
    calls: &mut Calls,
    name: &str,
    assignee: &str,
    etag: &str,
) -> Result<pb::Conversation, Status> {
    let request = pb::AssignConversationRequest {
        name: name.to_owned(),
        assignee: assignee.to_owned(),
        etag: etag.to_owned(),
        request_id: String::new(),
    };
    calls.conversations.assign_conversation(request).await.map(tonic::Response::into_inner)
}

async fn unassign(calls: &mut Calls, name: &str) -> Result<pb::Conversation, Status> {
    let request = pb::UnassignConversationRequest { name: name.to_owned(), ..Default::default() };
    calls.conversations.unassign_conversation(request).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn an_assignment_hands_over_from_the_rules() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    it.calls.set_status(&opened.name, pb::conversation::Status::Pending).await.unwrap();

    let assigned = assign(&mut it.calls, &opened.name, "ada", "").await.unwrap();
    let unassigned = unassign(&mut it.calls, &opened.name).await.unwrap();

    assert_eq!((assigned.assignee.as_str(), unassigned.assignee.as_str()), ("ada", ""));
    assert_eq!(assigned.status(), pb::conversation::Status::Open);
    let expected = [
        "ConversationOpened",
        "ConversationStatusChanged",
        "ConversationAssigned",
        "ConversationAssigned",
    ];
    assert_eq!(it.announced(&opened.name, 4).await, expected);
    let last: pb::ConversationAssigned = it.event(&opened.name, 4).await;
    assert_eq!((last.assignee.as_str(), last.reason.as_str()), ("", "AGENT"));
}

#[tokio::test]
async fn an_assignment_to_the_same_agent_is_no_event() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;

    let first = assign(&mut it.calls, &opened.name, "ada", &opened.etag).await.unwrap();
    let again = assign(&mut it.calls, &opened.name, "ada", &first.etag).await.unwrap();
    unassign(&mut it.calls, &opened.name).await.unwrap();

    assert_eq!(again, first);
    assert_eq!(it.announced(&opened.name, 3).await.len(), 3);
}

#[tokio::test]
async fn an_assignment_is_refused_for_these_reasons() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;

    let stale = assign(&mut it.calls, &opened.name, "ada", "\"9\"").await.unwrap_err();
    let nobody = assign(&mut it.calls, &opened.name, "", "").await.unwrap_err();
    let too_long = assign(&mut it.calls, &opened.name, &"x".repeat(129), "").await.unwrap_err();
    let missing = assign(&mut it.calls, &name("conversations"), "ada", "").await.unwrap_err();
    it.calls.set_status(&opened.name, pb::conversation::Status::Resolved).await.unwrap();
    let resolved = assign(&mut it.calls, &opened.name, "ada", "").await.unwrap_err();
    let unassign = unassign(&mut it.calls, &opened.name).await.unwrap_err();

    assert_eq!((stale.code(), reason(&stale).as_str()), (Code::Aborted, "CONVERSATION_CHANGED"));
    assert_eq!(reason(&nobody), "FIELD_REQUIRED");
    assert_eq!(fields(&too_long), ["assignee"]);
    assert_eq!(reason(&missing), "CONVERSATION_NOT_FOUND");
    for status in [resolved, unassign] {
        assert_eq!(status.code(), Code::FailedPrecondition);
        assert_eq!(reason(&status), "CONVERSATION_RESOLVED");
    }
}

#[tokio::test]
async fn a_repeated_assignment_does_not_undo_what_came_between() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let request = pb::AssignConversationRequest {
        name: opened.name.clone(),
        assignee: "ada".to_owned(),
        etag: String::new(),
        request_id: Uuid::now_v7().to_string(),
    };
    let first = it.calls.conversations.assign_conversation(request.clone()).await.unwrap();
    assign(&mut it.calls, &opened.name, "bob", "").await.unwrap();

    let again = it.calls.conversations.assign_conversation(request).await.unwrap();

    assert_eq!(again.into_inner(), first.into_inner());
    let get = pb::GetConversationRequest { name: opened.name };
    let now = it.calls.conversations.get_conversation(get).await.unwrap().into_inner();
    assert_eq!(now.assignee, "bob");
}
