//! What `MessageService/SendMessage` and `GetMessage` do and refuse.

use chassis::authn::Role;
use proto::messaging::v1::{
    self as pb,
    conversation::Status,
    message::{Author, Direction, State},
};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, fields, name, reason};

#[tokio::test]
async fn a_sent_message_is_queued_and_announced_without_its_text() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;

    let sent = it.calls.send(&opened.name, "canary 您好").await.unwrap();

    assert_eq!((sent.state(), sent.author()), (State::Queued, Author::Agent));
    assert_eq!((sent.direction(), sent.sequence), (Direction::Outgoing, 1));
    assert_eq!((sent.contact.as_str(), sent.thread.as_str()), (&*opened.contact, &*opened.thread));
    assert!(!sent.agent.is_empty());
    assert_eq!(it.message(&sent.name).await, sent);
    assert_eq!(it.announced(&opened.name, 2).await, ["ConversationOpened", "MessageQueued"]);
    let event: pb::MessageQueued = it.event(&opened.name, 2).await;
    assert_eq!((event.message.as_str(), event.attempt), (sent.name.as_str(), 1));
    assert_eq!((event.author(), &event.thread), (Author::Agent, &opened.thread));
    assert!(!format!("{event:?}").contains("canary"));
}

#[tokio::test]
async fn concurrent_messages_are_numbered_without_gaps() {
    let it = Harness::start().await;
    let opened = it.conversation().await;

    let sending = (0..8).map(|number| {
        let (mut calls, name) = (it.calls.clone(), opened.name.clone());
        tokio::spawn(async move { calls.send(&name, &number.to_string()).await.unwrap().sequence })
    });
    let mut sequences = Vec::new();
    for sent in sending.collect::<Vec<_>>() {
        sequences.push(sent.await.unwrap());
    }

    sequences.sort_unstable();
    assert_eq!(sequences, (1..=8).collect::<Vec<_>>());
    assert_eq!(it.announced(&opened.name, 9).await.len(), 9);
}

#[tokio::test]
async fn an_agent_who_writes_takes_the_conversation_from_the_rules() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    it.calls.set_status(&opened.name, Status::Pending).await.unwrap();

    it.calls.send(&opened.name, "I take over").await.unwrap();

    let request = pb::GetConversationRequest { name: opened.name };
    let read = it.calls.conversations.get_conversation(request).await.unwrap().into_inner();
    assert_eq!(read.status(), Status::Open);
}

#[tokio::test]
async fn the_same_request_sends_one_message_and_repeats_its_text() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let request = pb::SendMessageRequest {
        conversation: opened.name.clone(),
        text: "once".to_owned(),
        request_id: Uuid::now_v7().to_string(),
    };

    let first = it.calls.messages.send_message(request.clone()).await.unwrap().into_inner();
    let again = it.calls.messages.send_message(request.clone()).await.unwrap().into_inner();
    let other = pb::SendMessageRequest { text: "twice".to_owned(), ..request };
    let other = it.calls.messages.send_message(other).await.unwrap_err();

    assert_eq!(again, first);
    assert_eq!(again.text, "once");
    assert_eq!(reason(&other), "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn a_message_is_refused_for_these_reasons() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let unreachable = it.calls.open(&opened.inbox, None).await.unwrap();

    let empty = it.calls.send(&opened.name, "").await.unwrap_err();
    let blank = it.calls.send(&opened.name, "  ").await.unwrap_err();
    let too_long = it.calls.send(&opened.name, &"字".repeat(8_001)).await.unwrap_err();
    let missing = it.calls.send(&name("conversations"), "hi").await.unwrap_err();
    let unreachable = it.calls.send(&unreachable.name, "hi").await.unwrap_err();
    it.calls.set_status(&opened.name, Status::Resolved).await.unwrap();
    let resolved = it.calls.send(&opened.name, "hi").await.unwrap_err();

    assert_eq!(reason(&empty), "FIELD_REQUIRED");
    assert_eq!((fields(&blank), fields(&too_long)), (vec!["text".into()], vec!["text".into()]));
    assert_eq!(reason(&missing), "CONVERSATION_NOT_FOUND");
    assert_eq!(reason(&unreachable), "CONVERSATION_UNREACHABLE");
    assert_eq!(reason(&resolved), "CONVERSATION_RESOLVED");
    for status in [unreachable, resolved] {
        assert_eq!(status.code(), Code::FailedPrecondition);
    }
}

#[tokio::test]
async fn a_message_is_found_only_under_its_own_conversation() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let sent = it.calls.send(&opened.name, "hi").await.unwrap();
    let (_, message) = sent.name.split_once("/messages/").unwrap();

    let elsewhere = format!("{}/messages/{message}", name("conversations"));
    let request = pb::GetMessageRequest { name: elsewhere };
    let status = it.calls.messages.get_message(request).await.unwrap_err();

    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "MESSAGE_NOT_FOUND"));
}

#[tokio::test]
async fn agents_send_and_viewers_only_read() {
    let it = Harness::start().await;
    let opened = it.conversation().await;
    let mut agent = it.calls_of(it.tenant, Role::Agent);
    let mut viewer = it.calls_of(it.tenant, Role::Viewer);

    let sent = agent.send(&opened.name, "hi").await.unwrap();

    assert_eq!(viewer.send(&opened.name, "hi").await.unwrap_err().code(), Code::PermissionDenied);
    let request = pb::GetMessageRequest { name: sent.name };
    assert_eq!(viewer.messages.get_message(request).await.unwrap().into_inner().text, "hi");
}
