//! What `ConversationService/OpenConversation` does and refuses.

use proto::messaging::v1 as pb;
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, fields, name, reason};

#[tokio::test]
async fn a_conversation_opened_by_us_waits_for_an_agent() {
    let mut it = Harness::start().await;
    let inbox = it.calls.inbox().await;

    let opened = it.calls.open(&inbox.name, Some(name("threads"))).await.unwrap();

    assert_eq!(opened.status(), pb::conversation::Status::Open);
    assert_eq!((opened.assignee.as_str(), opened.last_sequence), ("", 0));
    let request = pb::GetConversationRequest { name: opened.name.clone() };
    let read = it.calls.conversations.get_conversation(request).await.unwrap().into_inner();
    assert_eq!(read, opened);
    let event: pb::ConversationOpened = it.event(&opened.name, 1).await;
    assert_eq!(event.channel(), proto::customer::v1::Channel::Wechat);
    assert_eq!((event.inbox, event.thread), (inbox.name, opened.thread));
}

#[tokio::test]
async fn a_thread_has_one_unresolved_conversation() {
    let mut it = Harness::start().await;
    let first = it.conversation().await;
    let thread = Some(first.thread.clone());

    let second = it.calls.open(&first.inbox, thread.clone()).await.unwrap_err();
    it.calls.set_status(&first.name, pb::conversation::Status::Resolved).await.unwrap();
    let after = it.calls.open(&first.inbox, thread).await;

    assert_eq!(
        (second.code(), reason(&second).as_str()),
        (Code::AlreadyExists, "CONVERSATION_OPEN")
    );
    assert!(after.is_ok());
}

#[tokio::test]
async fn conversations_without_a_thread_do_not_block_each_other() {
    let mut it = Harness::start().await;
    let inbox = it.calls.inbox().await;

    for _ in 0..2 {
        it.calls.open(&inbox.name, None).await.unwrap();
    }
}

#[tokio::test]
async fn a_conversation_needs_a_live_inbox_and_well_formed_names() {
    let mut it = Harness::start().await;
    let inbox = it.calls.inbox().await;
    let delete = pb::DeleteInboxRequest { name: inbox.name.clone(), ..Default::default() };
    it.calls.inboxes.delete_inbox(delete).await.unwrap();

    for name in [inbox.name, name("inboxes")] {
        let status = it.calls.open(&name, None).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "INBOX_NOT_FOUND"));
    }
    let malformed = it.calls.open("inboxes/1", Some("x".to_owned())).await.unwrap_err();
    assert_eq!(fields(&malformed), ["conversation.inbox", "conversation.thread"]);
    let without = it.calls.open("", None).await.unwrap_err();
    assert_eq!(reason(&without), "FIELD_REQUIRED");
}

#[tokio::test]
async fn the_same_request_opens_one_conversation() {
    let mut it = Harness::start().await;
    let inbox = it.calls.inbox().await;
    let conversation = pb::Conversation {
        inbox: inbox.name,
        contact: name("contacts"),
        thread: name("threads"),
        ..Default::default()
    };
    let request = pb::OpenConversationRequest {
        conversation: Some(conversation),
        request_id: Uuid::now_v7().to_string(),
    };

    let first = it.calls.conversations.open_conversation(request.clone()).await.unwrap();
    let again = it.calls.conversations.open_conversation(request).await.unwrap();

    assert_eq!(first.into_inner(), again.into_inner());
}
