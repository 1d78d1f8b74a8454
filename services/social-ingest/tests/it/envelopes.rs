//! `EnvelopeService.GetEnvelope` and `ListEnvelopes`.

use emulators::wechat::{Content, Mode};
use proto::social::v1::{self as pb, envelope_service_client::EnvelopeServiceClient};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, reason};

async fn with_three_envelopes() -> (Harness, pb::Source) {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    for id in 1..=3 {
        it.clock.advance(std::time::Duration::from_millis(5));
        it.write(&source, id, &format!("message {id}")).await;
    }
    (it, source)
}

fn list(source: &pb::Source, filter: &str) -> pb::ListEnvelopesRequest {
    let (source, filter) = (source.name.clone(), filter.to_owned());
    pb::ListEnvelopesRequest { source, filter, ..Default::default() }
}

#[tokio::test]
async fn a_list_shows_no_bodies_and_a_single_one_does() {
    let (it, source) = with_three_envelopes().await;

    let listed = it.envelopes_of(&source).await;
    let request = pb::GetEnvelopeRequest { name: listed[0].name.clone() };
    let got = it.envelopes().get_envelope(request).await.unwrap().into_inner();

    assert!(listed.iter().all(|it| it.body.is_empty()));
    assert!(String::from_utf8_lossy(&got.body).contains("message 3"));
    assert_eq!(pb::Envelope { body: Default::default(), ..got }, listed[0]);
}

#[tokio::test]
async fn envelopes_come_newest_first_and_page_by_page() {
    let (it, source) = with_three_envelopes().await;
    let expected = it.envelopes_of(&source).await;

    let request = pb::ListEnvelopesRequest { page_size: 2, ..list(&source, "") };
    let first = it.envelopes().list_envelopes(request.clone()).await.unwrap().into_inner();
    let request = pb::ListEnvelopesRequest { page_token: first.next_page_token, ..request };
    let second = it.envelopes().list_envelopes(request).await.unwrap().into_inner();

    assert_eq!([first.envelopes, second.envelopes].concat(), expected);
    assert_eq!(second.next_page_token, "");
    let times: Vec<_> = expected.iter().map(|it| it.receive_time.unwrap().nanos).collect();
    assert!(times.is_sorted_by(|a, b| a != b), "{times:?}");
}

#[tokio::test]
async fn envelopes_are_filtered_by_state_and_type() {
    let (it, source) = with_three_envelopes().await;
    let event = Content::Event { event: "subscribe", key: None };
    it.deliver(&source, Mode::Plain, &it.xml(event)).await;
    let count = async |filter: &str| {
        let listed = it.envelopes().list_envelopes(list(&source, filter)).await;
        listed.map(|it| it.into_inner().envelopes.len()).map_err(|it| reason(&it).2)
    };
    let is_read = async || count("state = STATE_UNSUPPORTED").await == Ok(1);
    testkit::eventually("the event to be read", is_read).await;

    assert_eq!(count("state = STATE_DECODED").await, Ok(3));
    assert_eq!(count(r#"message_type = "event:subscribe""#).await, Ok(1));
    assert_eq!(count("message_type = text AND state = STATE_STORED").await, Ok(0));
    assert_eq!(count("state = nonsense").await, Err("filter".to_owned()));
    assert_eq!(count("body : x").await, Err("filter".to_owned()));
}

#[tokio::test]
async fn nothing_of_another_tenant_is_shown() {
    let (it, source) = with_three_envelopes().await;
    let name = it.envelopes_of(&source).await.remove(0).name;
    let mut elsewhere = EnvelopeServiceClient::new(it.stranger());

    let listed = elsewhere.list_envelopes(list(&source, "")).await.unwrap_err();
    let got = elsewhere.get_envelope(pb::GetEnvelopeRequest { name }).await.unwrap_err();

    assert_eq!(reason(&listed).1, "SOURCE_NOT_FOUND");
    assert_eq!(reason(&got), (Code::NotFound, "ENVELOPE_NOT_FOUND".into(), String::new()));
}

#[tokio::test]
async fn an_envelope_is_found_under_its_own_source_only() {
    let (it, source) = with_three_envelopes().await;
    let name = it.envelopes_of(&source).await.remove(0).name;
    let other = format!("sources/{}", Uuid::now_v7());

    let request = pb::GetEnvelopeRequest { name: name.replace(&source.name, &other) };
    let status = it.envelopes().get_envelope(request).await.unwrap_err();

    assert_eq!(reason(&status).1, "ENVELOPE_NOT_FOUND");
}
