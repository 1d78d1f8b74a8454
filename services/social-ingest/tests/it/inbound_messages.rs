//! `InboundMessageService`: who may read what, in which order.

use emulators::wechat::Mode;
use proto::social::v1::{self as pb, inbound_message_service_client::InboundMessageServiceClient};
use tonic::Code;

use crate::harness::{Harness, reason};

async fn with_two_messages() -> (Harness, pb::InboundMessage, pb::InboundMessage) {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let first = it.write(&source, 1, "where is my order").await;
    it.clock.advance(std::time::Duration::from_millis(5));
    let second = it.write(&source, 2, "thank you").await;
    (it, first, second)
}

fn list(filter: &str) -> pb::ListInboundMessagesRequest {
    pb::ListInboundMessagesRequest { filter: filter.to_owned(), ..Default::default() }
}

#[tokio::test]
async fn a_message_is_returned_to_those_who_may_read_it() {
    let (it, first, _) = with_two_messages().await;

    let request = pb::GetInboundMessageRequest { name: first.name.clone() };
    let got = it.inbound_messages().get_inbound_message(request).await.unwrap().into_inner();

    assert_eq!(got, first);
}

#[tokio::test]
async fn messages_come_newest_first_and_page_by_page() {
    let (it, first, second) = with_two_messages().await;

    let request = pb::ListInboundMessagesRequest { page_size: 1, ..Default::default() };
    let newest = it.inbound_messages().list_inbound_messages(request.clone()).await;
    let newest = newest.unwrap().into_inner();
    let request = pb::ListInboundMessagesRequest { page_token: newest.next_page_token, ..request };
    let oldest = it.inbound_messages().list_inbound_messages(request).await.unwrap().into_inner();

    assert_eq!(newest.inbound_messages, [second]);
    assert_eq!(oldest.inbound_messages, [first]);
    assert_eq!(oldest.next_page_token, "");
}

#[tokio::test]
async fn messages_are_filtered_by_source_thread_and_intent() {
    let (it, first, _) = with_two_messages().await;
    let count = async |filter: String| {
        let listed = it.inbound_messages().list_inbound_messages(list(&filter)).await;
        listed.map(|it| it.into_inner().inbound_messages.len()).map_err(|it| reason(&it).2)
    };

    assert_eq!(count(format!("source = \"{}\"", first.source)).await, Ok(2));
    assert_eq!(count(format!("thread = \"{}\"", first.thread)).await, Ok(2));
    assert_eq!(count("intent = order_status".to_owned()).await, Ok(1));
    assert_eq!(count("source = x".to_owned()).await, Err("filter".to_owned()));
    assert_eq!(count("text : order".to_owned()).await, Err("filter".to_owned()));
}

#[tokio::test]
async fn nothing_of_another_tenant_is_shown() {
    let (it, first, _) = with_two_messages().await;
    let mut elsewhere = InboundMessageServiceClient::new(it.stranger());

    let filter = format!("thread = \"{}\"", first.thread);
    let listed = elsewhere.list_inbound_messages(list(&filter)).await.unwrap().into_inner();
    let request = pb::GetInboundMessageRequest { name: first.name };
    let status = elsewhere.get_inbound_message(request).await.unwrap_err();

    assert_eq!(listed.inbound_messages, []);
    assert_eq!(
        reason(&status),
        (Code::NotFound, "INBOUND_MESSAGE_NOT_FOUND".into(), String::new())
    );
}
