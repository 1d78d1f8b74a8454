//! What `ConversationService/ListConversations` and `GetConversation` do and refuse.

use proto::messaging::v1 as pb;
use tonic::Code;

use crate::harness::{Harness, name, reason};

#[tokio::test]
async fn conversations_come_newest_first_page_by_page() {
    let mut it = Harness::start().await;
    let inbox = it.calls.inbox().await;
    let mut opened = Vec::new();
    for _ in 0..3 {
        opened.push(it.calls.open(&inbox.name, None).await.unwrap().name);
    }
    opened.reverse();
    let mut listed = Vec::new();

    let mut request = pb::ListConversationsRequest { page_size: 1, ..Default::default() };
    loop {
        let page = it.calls.conversations.list_conversations(request.clone()).await.unwrap();
        let page = page.into_inner();
        listed.extend(page.conversations.into_iter().map(|it| it.name));
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }

    assert_eq!(listed, opened);
}

#[tokio::test]
async fn each_filter_narrows_the_list() {
    let mut it = Harness::start().await;
    let wanted = it.conversation().await;
    let other = it.conversation().await;
    it.calls.set_status(&other.name, pb::conversation::Status::Resolved).await.unwrap();
    let assign = pb::AssignConversationRequest {
        name: wanted.name.clone(),
        assignee: "ada".to_owned(),
        ..Default::default()
    };
    it.calls.conversations.assign_conversation(assign).await.unwrap();
    let mut list = async |filter: String| {
        let request = pb::ListConversationsRequest { filter, ..Default::default() };
        let listed = it.calls.conversations.list_conversations(request).await;
        listed.map(|it| it.into_inner().conversations.into_iter().map(|it| it.name).collect())
    };

    for filter in [
        "status = STATUS_OPEN".to_owned(),
        "assignee = \"ada\"".to_owned(),
        format!("inbox = \"{}\"", wanted.inbox),
        format!("contact = {} AND status = STATUS_OPEN", wanted.contact),
    ] {
        let names: Vec<String> = list(filter).await.unwrap();
        assert_eq!(names, [wanted.name.as_str()]);
    }
    let unassigned: Vec<String> = list("assignee = \"\"".to_owned()).await.unwrap();
    assert_eq!(unassigned, [other.name.as_str()]);
    for filter in ["status = OPEN", "status = STATUS_UNSPECIFIED", "inbox = x", "text = hello"] {
        let status = list(filter.to_owned()).await.unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::InvalidArgument, "FILTER_INVALID")
        );
    }
}

#[tokio::test]
async fn a_conversation_that_is_not_there_is_not_found() {
    let mut it = Harness::start().await;

    let request = pb::GetConversationRequest { name: name("conversations") };
    let status = it.calls.conversations.get_conversation(request).await.unwrap_err();

    assert_eq!(status.code(), Code::NotFound);
    assert_eq!(reason(&status), "CONVERSATION_NOT_FOUND");
}
