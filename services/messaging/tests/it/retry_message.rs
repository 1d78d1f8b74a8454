//! What `MessageService/RetryMessage` does and refuses.

use proto::{
    messaging::v1::{self as pb, message::State},
    social::v1 as social,
};
use testkit::eventually;
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, name, reason};

#[tokio::test]
async fn a_failed_message_is_queued_as_another_attempt() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let queued = it.calls.send(&opened.name, "hi").await.unwrap();
    let failed = social::DeliveryFailed {
        delivery: name("deliveries"),
        message: queued.name.clone(),
        reason: "RATE_LIMITED".to_owned(),
        ..Default::default()
    };
    it.publish(&failed.delivery, &failed).await;
    eventually("the message to fail", || async {
        it.message(&queued.name).await.state() == State::Failed
    })
    .await;
    let request = pb::RetryMessageRequest {
        name: queued.name.clone(),
        request_id: Uuid::now_v7().to_string(),
    };

    let retried = it.calls.messages.retry_message(request.clone()).await.unwrap().into_inner();
    let again = it.calls.messages.retry_message(request).await.unwrap().into_inner();

    assert_eq!((retried.state(), retried.failure_reason.as_str()), (State::Queued, ""));
    assert_eq!((retried.sequence, retried.text.as_str()), (queued.sequence, "hi"));
    assert_eq!(again, retried);
    let event: pb::MessageQueued = it.event(&opened.name, 4).await;
    assert_eq!((event.message, event.attempt), (queued.name, 2));
}

#[tokio::test]
async fn a_message_that_did_not_fail_is_not_retried() {
    let mut it = Harness::start().await;
    let opened = it.conversation().await;
    let queued = it.calls.send(&opened.name, "hi").await.unwrap();

    let request = pb::RetryMessageRequest { name: queued.name, request_id: String::new() };
    let waiting = it.calls.messages.retry_message(request).await.unwrap_err();
    let missing = format!("{}/{}", opened.name, name("messages"));
    let missing = pb::RetryMessageRequest { name: missing, request_id: String::new() };
    let missing = it.calls.messages.retry_message(missing).await.unwrap_err();

    assert_eq!(waiting.code(), Code::FailedPrecondition);
    assert_eq!(reason(&waiting), "MESSAGE_NOT_FAILED");
    assert_eq!((missing.code(), reason(&missing).as_str()), (Code::NotFound, "MESSAGE_NOT_FOUND"));
}
