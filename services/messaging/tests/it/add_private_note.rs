//! What `MessageService/AddPrivateNote` does and refuses.

use proto::messaging::v1::{
    self as pb,
    message::{Direction, State},
};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, fields, name, reason};

#[tokio::test]
async fn a_note_stays_among_agents() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let request = pb::AddPrivateNoteRequest {
        conversation: opened.name.clone(),
        text: "careful".to_owned(),
        request_id: Uuid::now_v7().to_string(),
    };

    let note = it.calls.messages.add_private_note(request.clone()).await.unwrap().into_inner();
    let again = it.calls.messages.add_private_note(request).await.unwrap().into_inner();

    assert_eq!(again, note);
    assert_eq!((note.direction(), note.state()), (Direction::Note, State::Received));
    assert_eq!((note.sequence, note.text.as_str()), (1, "careful"));
    assert_eq!(it.announced(&opened.name, 2).await, ["ConversationOpened", "NoteAdded"]);
}

#[tokio::test]
async fn a_note_needs_a_text_and_a_conversation() {
    let mut it = Harness::start().await;
    let request = |text: String| pb::AddPrivateNoteRequest {
        conversation: name("conversations"),
        text,
        request_id: String::new(),
    };

    let missing = request("x".to_owned());
    let missing = it.calls.messages.add_private_note(missing).await.unwrap_err();
    let too_long = request("x".repeat(8_001));
    let too_long = it.calls.messages.add_private_note(too_long).await.unwrap_err();

    assert_eq!(
        (missing.code(), reason(&missing).as_str()),
        (Code::NotFound, "CONVERSATION_NOT_FOUND")
    );
    assert_eq!(fields(&too_long), ["text"]);
}
