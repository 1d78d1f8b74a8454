//! What the handler `messaging.answer-message` does, as far as it needs nobody else.

use proto::{
    messaging::v1::{
        self as pb,
        conversation::Status,
        message::{Author, Direction, State},
    },
    social::v1::Analysis,
};
use testkit::eventually;

use crate::harness::{Harness, name};

/// What is announced when the contact of `conversation` writes something of that intent.
fn received(
    conversation: &pb::Conversation,
    intent: &str,
    language_code: &str,
) -> pb::MessageReceived {
    pb::MessageReceived {
        message: format!("{}/{}", conversation.name, name("messages")),
        conversation: conversation.name.clone(),
        contact: conversation.contact.clone(),
        inbox: conversation.inbox.clone(),
        thread: conversation.thread.clone(),
        analysis: Some(Analysis {
            language_code: language_code.to_owned(),
            intent: intent.to_owned(),
            intent_confidence: 0.9,
            ..Default::default()
        }),
        ..Default::default()
    }
}

async fn becomes(
    it: &Harness,
    name: &str,
    is_it: impl Fn(&pb::Conversation) -> bool,
) -> pb::Conversation {
    eventually("the conversation to change", || async {
        let request = pb::GetConversationRequest { name: name.to_owned() };
        let read = it.calls.conversations.clone().get_conversation(request).await.unwrap();
        Some(read.into_inner()).filter(&is_it)
    })
    .await
}

async fn messages(it: &Harness, conversation: &str) -> Vec<pb::Message> {
    let request =
        pb::ListMessagesRequest { conversation: conversation.to_owned(), ..Default::default() };
    it.calls.messages.clone().list_messages(request).await.unwrap().into_inner().messages
}

#[tokio::test]
async fn a_rule_replies_once_in_the_language_of_the_question() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    it.calls.set_status(&opened.name, Status::Pending).await.unwrap();
    it.calls.create_rule(|_| ()).await.unwrap();
    let question = received(&opened, "thanks", "zh");

    it.publish(&name("conversations"), &question).await;

    becomes(&it, &opened.name, |it| it.last_sequence == 1).await;
    let messages = messages(&it, &opened.name).await;
    let [reply] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!((reply.author(), reply.state()), (Author::Rule, State::Queued));
    assert_eq!((reply.text.as_str(), reply.in_reply_to.as_str()), ("不客气", &*question.message));
    let kinds = ["ConversationOpened", "ConversationStatusChanged", "MessageQueued"];
    assert_eq!(it.announced(&opened.name, 3).await, kinds);
}

#[tokio::test]
async fn a_question_nobody_can_answer_goes_to_the_default_assignee() {
    let mut it = Harness::start().await;
    let inbox =
        it.calls.create_inbox(|inbox| inbox.default_assignee = "desk".to_owned()).await.unwrap();
    let opened = it.calls.open(&inbox.name, Some(name("threads"))).await.unwrap();
    it.calls.set_status(&opened.name, Status::Pending).await.unwrap();

    it.publish(&name("conversations"), &received(&opened, "complaint", "en")).await;

    let assigned = becomes(&it, &opened.name, |it| it.assignee == "desk").await;
    assert_eq!(assigned.status(), Status::Open);
    let event: pb::ConversationAssigned = it.event(&opened.name, 3).await;
    assert_eq!(event.reason, "NO_ANSWER");
}

#[tokio::test]
async fn without_an_assignee_the_conversation_is_open_all_the_same() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    it.calls.set_status(&opened.name, Status::Pending).await.unwrap();

    it.publish(&name("conversations"), &received(&opened, "complaint", "en")).await;

    let left = becomes(&it, &opened.name, |it| it.status() == Status::Open).await;
    assert_eq!(left.assignee, "");
}

#[tokio::test]
async fn rules_are_silent_where_an_agent_speaks_or_auto_reply_is_off() {
    let mut it = Harness::start().await;
    it.calls.create_rule(|_| ()).await.unwrap();
    let taken = it.conversation().await;
    it.calls.send(&taken.name, "how can I help?").await.unwrap();
    let off = it
        .calls
        .create_inbox(|inbox| {
            inbox.auto_reply = false;
            inbox.default_assignee = "desk".to_owned();
        })
        .await
        .unwrap();
    let off = it.calls.open(&off.name, Some(name("threads"))).await.unwrap();

    let aggregate = name("conversations");
    it.publish(&aggregate, &received(&taken, "thanks", "en")).await;
    it.publish(&aggregate, &received(&off, "thanks", "en")).await;

    becomes(&it, &off.name, |it| it.assignee == "desk").await;
    assert_eq!(messages(&it, &off.name).await, []);
    let said = messages(&it, &taken.name).await;
    assert_eq!(said.iter().map(pb::Message::author).collect::<Vec<_>>(), [Author::Agent]);
    assert_eq!(said[0].direction(), Direction::Outgoing);
}
