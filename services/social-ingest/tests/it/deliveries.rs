//! `DeliveryService`: showing deliveries, and settling those in doubt.

use emulators::wechat::{Fault, Mode, When};
use proto::social::v1::{
    self as pb, delivery::State, delivery_service_client::DeliveryServiceClient,
};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, reason};

async fn with_unknown() -> (Harness, pb::Delivery) {
    let it = Harness::start().await;
    let source = it.connect(Mode::Plain).await;
    let thread = it.write(&source, 1, "where is my order").await.thread;
    it.provider.misbehave(Fault::Cut(When::BeforeRecording), 1);
    let message = it.queue(&thread, "hello").await;
    let unknown = it.delivered(&message, &[State::Unknown]).await;
    (it, unknown)
}

fn resolve(delivery: &pb::Delivery, state: State) -> pb::ResolveDeliveryRequest {
    pb::ResolveDeliveryRequest {
        name: delivery.name.clone(),
        state: state.into(),
        request_id: String::new(),
    }
}

#[tokio::test]
async fn an_unknown_outcome_is_settled_by_hand_and_announced() {
    for (state, event) in [(State::Sent, "DeliverySent"), (State::Failed, "DeliveryFailed")] {
        let (it, unknown) = with_unknown().await;
        let mut request = resolve(&unknown, state);
        request.request_id = Uuid::now_v7().to_string();

        let first = it.deliveries().resolve_delivery(request.clone()).await.unwrap().into_inner();
        let second = it.deliveries().resolve_delivery(request).await.unwrap().into_inner();

        assert_eq!(first.state(), state);
        assert_eq!(first, second);
        assert_eq!(it.provider.sent(), []);
        it.announces(&unknown.name, &["DeliveryOutcomeUnknown", event]).await;
        let health = it.health(&source_of(&it, &unknown).await).await;
        assert_eq!(health.deliveries_sent + health.deliveries_failed, 1);
        assert_eq!((health.deliveries_unknown, health.deliveries_pending), (0, 0));
    }
}

async fn source_of(it: &Harness, delivery: &pb::Delivery) -> pb::Source {
    let request = pb::GetSourceRequest { name: delivery.source.clone() };
    it.sources().get_source(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_settled_delivery_is_not_settled_again() {
    let (it, unknown) = with_unknown().await;
    it.deliveries().resolve_delivery(resolve(&unknown, State::Sent)).await.unwrap();

    let status =
        it.deliveries().resolve_delivery(resolve(&unknown, State::Failed)).await.unwrap_err();

    let (code, name, _) = reason(&status);
    assert_eq!((code, name.as_str()), (Code::FailedPrecondition, "DELIVERY_SETTLED"));
}

#[tokio::test]
async fn a_delivery_is_settled_as_sent_or_failed_only() {
    let (it, unknown) = with_unknown().await;

    for state in [State::Unspecified, State::Pending, State::Sending, State::Unknown] {
        let status = it.deliveries().resolve_delivery(resolve(&unknown, state)).await.unwrap_err();
        let (code, _, field) = reason(&status);
        assert_eq!((code, field.as_str()), (Code::InvalidArgument, "state"));
    }
}

#[tokio::test]
async fn deliveries_are_listed_by_state_source_and_message() {
    let (it, unknown) = with_unknown().await;
    let thread = unknown.thread.clone();
    it.clock.advance(std::time::Duration::from_millis(5));
    let second = it.queue(&thread, "again").await;
    let second = it.delivered(&second, &[State::Sent]).await;
    let list = async |filter: &str| {
        let request = pb::ListDeliveriesRequest { filter: filter.to_owned(), ..Default::default() };
        let listed = it.deliveries().list_deliveries(request).await;
        listed.map(|it| it.into_inner().deliveries).map_err(|it| reason(&it).2)
    };

    assert_eq!(list("").await, Ok(vec![second.clone(), unknown.clone()]));
    assert_eq!(list("state = STATE_UNKNOWN").await, Ok(vec![unknown.clone()]));
    let of_source = format!("source = \"{}\" AND state = STATE_SENT", unknown.source);
    assert_eq!(list(&of_source).await, Ok(vec![second]));
    assert_eq!(list("state = SENT").await, Err("filter".to_owned()));
    assert_eq!(list("message = messages/1").await, Err("filter".to_owned()));
}

#[tokio::test]
async fn pages_follow_one_another() {
    let (it, unknown) = with_unknown().await;
    it.clock.advance(std::time::Duration::from_millis(5));
    let second = it.queue(&unknown.thread, "again").await;
    it.delivered(&second, &[State::Sent]).await;

    let request = pb::ListDeliveriesRequest { page_size: 1, ..Default::default() };
    let first = it.deliveries().list_deliveries(request.clone()).await.unwrap().into_inner();
    let request = pb::ListDeliveriesRequest { page_token: first.next_page_token, ..request };
    let last = it.deliveries().list_deliveries(request).await.unwrap().into_inner();

    assert_eq!(first.deliveries[0].message, second);
    assert_eq!(last.deliveries, [unknown]);
}

#[tokio::test]
async fn a_delivery_of_another_tenant_does_not_exist() {
    let (it, unknown) = with_unknown().await;
    let mut elsewhere = DeliveryServiceClient::new(it.stranger());

    let listed = elsewhere.list_deliveries(pb::ListDeliveriesRequest::default()).await;
    let got = elsewhere.get_delivery(pb::GetDeliveryRequest { name: unknown.name.clone() }).await;
    let settled = elsewhere.resolve_delivery(resolve(&unknown, State::Sent)).await;

    assert_eq!(listed.unwrap().into_inner().deliveries, []);
    for status in [got.unwrap_err(), settled.unwrap_err()] {
        assert_eq!(reason(&status), (Code::NotFound, "DELIVERY_NOT_FOUND".into(), String::new()));
    }
    let request = pb::GetDeliveryRequest { name: unknown.name.clone() };
    assert_eq!(it.deliveries().get_delivery(request).await.unwrap().into_inner(), unknown);
}
