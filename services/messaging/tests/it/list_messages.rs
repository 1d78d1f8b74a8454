//! What `MessageService/ListMessages` does and refuses.

use proto::messaging::v1 as pb;
use tonic::Code;

use crate::harness::{Harness, fields, name, reason};

#[tokio::test]
async fn messages_come_in_sequence_page_by_page() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    for text in ["1", "2", "3"] {
        it.calls.send(&opened.name, text).await.unwrap();
    }

    let request =
        pb::ListMessagesRequest { conversation: opened.name, page_size: 2, ..Default::default() };
    let first = it.calls.messages.list_messages(request.clone()).await.unwrap().into_inner();
    let request = pb::ListMessagesRequest { page_token: first.next_page_token.clone(), ..request };
    let second = it.calls.messages.list_messages(request.clone()).await.unwrap().into_inner();
    let other = pb::ListMessagesRequest { after_sequence: 1, ..request };
    let other = it.calls.messages.list_messages(other).await.unwrap_err();

    let texts: Vec<String> =
        first.messages.into_iter().chain(second.messages).map(|it| it.text).collect();
    assert_eq!(texts, ["1", "2", "3"]);
    assert_eq!(second.next_page_token, "");
    assert_eq!(reason(&other), "PAGE_TOKEN_INVALID");
}

#[tokio::test]
async fn a_client_that_was_away_gets_what_it_missed() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    for text in ["1", "2", "3"] {
        it.calls.send(&opened.name, text).await.unwrap();
    }

    let request = pb::ListMessagesRequest {
        conversation: opened.name,
        after_sequence: 2,
        ..Default::default()
    };
    let missed = it.calls.messages.list_messages(request).await.unwrap().into_inner();

    let sequences: Vec<i64> = missed.messages.iter().map(|it| it.sequence).collect();
    assert_eq!(sequences, [3]);
}

#[tokio::test]
async fn a_list_is_of_a_conversation_that_is_there() {
    let mut it = Harness::start().await;

    let missing =
        pb::ListMessagesRequest { conversation: name("conversations"), ..Default::default() };
    let missing = it.calls.messages.list_messages(missing).await.unwrap_err();
    let negative = pb::ListMessagesRequest {
        conversation: name("conversations"),
        after_sequence: -1,
        ..Default::default()
    };
    let negative = it.calls.messages.list_messages(negative).await.unwrap_err();

    assert_eq!(missing.code(), Code::NotFound);
    assert_eq!(reason(&missing), "CONVERSATION_NOT_FOUND");
    assert_eq!(fields(&negative), ["after_sequence"]);
}
