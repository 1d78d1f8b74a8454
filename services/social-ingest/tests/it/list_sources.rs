//! `SourceService.GetSource` and `ListSources`.

use emulators::wechat::Mode;
use proto::social::v1::{self as pb, source_service_client::SourceServiceClient};
use tonic::Code;

use crate::harness::{Harness, reason};

async fn with_three_sources() -> (Harness, Vec<pb::Source>) {
    let mut it = Harness::start().await;
    let mut sources = Vec::new();
    for number in 1..=3 {
        it.signer.app_id = format!("wx-{number}");
        it.clock.advance(std::time::Duration::from_millis(5));
        sources.insert(0, it.connect(Mode::Safe).await);
    }
    (it, sources)
}

fn page(size: i32, token: &str, filter: &str) -> pb::ListSourcesRequest {
    pb::ListSourcesRequest {
        page_size: size,
        page_token: token.to_owned(),
        filter: filter.to_owned(),
    }
}

#[tokio::test]
async fn sources_come_newest_first_and_page_by_page() {
    let (it, expected) = with_three_sources().await;

    let first = it.sources().list_sources(page(2, "", "")).await.unwrap().into_inner();
    let second = page(2, &first.next_page_token, "");
    let second = it.sources().list_sources(second).await.unwrap().into_inner();

    assert_eq!([first.sources, second.sources].concat(), expected);
    assert_eq!(second.next_page_token, "");
}

#[tokio::test]
async fn a_page_token_is_good_for_its_tenant_and_its_filter_only() {
    let (it, _) = with_three_sources().await;
    let first = it.sources().list_sources(page(2, "", "")).await.unwrap().into_inner();

    let token = first.next_page_token;
    let other_filter = page(2, &token, "state = STATE_CONNECTED");
    let other_filter = it.sources().list_sources(other_filter).await.unwrap_err();
    let mut elsewhere = SourceServiceClient::new(it.stranger());
    let other_tenant = elsewhere.list_sources(page(2, &token, "")).await.unwrap_err();

    for status in [other_filter, other_tenant] {
        let (code, _, field) = reason(&status);
        assert_eq!((code, field.as_str()), (Code::InvalidArgument, "page_token"));
    }
}

#[tokio::test]
async fn sources_are_filtered_by_channel_and_state() {
    let (it, sources) = with_three_sources().await;
    let request =
        pb::DisconnectSourceRequest { name: sources[0].name.clone(), ..Default::default() };
    it.sources().disconnect_source(request).await.unwrap();
    let count = async |filter: &str| {
        let listed = it.sources().list_sources(page(0, "", filter)).await;
        listed.map(|it| it.into_inner().sources.len()).map_err(|it| reason(&it).2)
    };

    assert_eq!(count("channel = CHANNEL_WECHAT").await, Ok(3));
    assert_eq!(count(r#"state = "STATE_DISCONNECTED""#).await, Ok(1));
    assert_eq!(count("state = STATE_CONNECTED AND channel = CHANNEL_WECHAT").await, Ok(2));
    assert_eq!(count("state = OPEN").await, Err("filter".to_owned()));
    assert_eq!(count("tenant = x").await, Err("filter".to_owned()));
}

#[tokio::test]
async fn a_source_of_another_tenant_does_not_exist() {
    let (it, sources) = with_three_sources().await;
    let mut elsewhere = SourceServiceClient::new(it.stranger());
    let name = sources[0].name.clone();

    let listed = elsewhere.list_sources(page(0, "", "")).await.unwrap().into_inner();
    let got = elsewhere.get_source(pb::GetSourceRequest { name: name.clone() }).await;
    let health =
        elsewhere.get_source_health(pb::GetSourceHealthRequest { name: name.clone() }).await;
    let gone = elsewhere
        .disconnect_source(pb::DisconnectSourceRequest { name: name.clone(), ..Default::default() })
        .await;

    assert_eq!(listed.sources, []);
    for status in [got.unwrap_err(), health.unwrap_err(), gone.unwrap_err()] {
        assert_eq!(reason(&status), (Code::NotFound, "SOURCE_NOT_FOUND".into(), String::new()));
    }
    let ours = it.sources().get_source(pb::GetSourceRequest { name }).await.unwrap().into_inner();
    assert_eq!(ours, sources[0]);
}

#[tokio::test]
async fn a_name_out_of_shape_is_refused() {
    let it = Harness::start().await;

    let request = pb::GetSourceRequest { name: "sources/1".to_owned() };
    let status = it.sources().get_source(request).await.unwrap_err();

    assert_eq!(reason(&status), (Code::InvalidArgument, "INVALID_FIELD".into(), "name".into()));
}
