//! `SourceService.UpdateSource`: masks, etags and what is announced.

use emulators::wechat::Mode;
use prost_types::FieldMask;
use proto::social::v1::{self as pb, source_service_client::SourceServiceClient};
use tonic::Code;

use crate::harness::{Harness, reason};

fn update(source: &pb::Source, paths: &[&str]) -> pb::UpdateSourceRequest {
    let paths = paths.iter().map(|it| (*it).to_owned()).collect();
    pb::UpdateSourceRequest {
        source: Some(source.clone()),
        update_mask: Some(FieldMask { paths }),
        request_id: String::new(),
    }
}

#[tokio::test]
async fn only_the_fields_of_the_mask_change() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let wanted = pb::Source {
        display_name: " 客服 ".to_owned(),
        api_base_url: "https://other.example".to_owned(),
        ..source.clone()
    };

    let updated = it.sources().update_source(update(&wanted, &["display_name"])).await;

    let updated = updated.unwrap().into_inner();
    assert_eq!(updated.display_name, "客服");
    assert_eq!(updated.api_base_url, source.api_base_url);
    assert_ne!(updated.etag, source.etag);
    it.announces(&source.name, &["SourceConnected", "SourceUpdated"]).await;
}

#[tokio::test]
async fn a_change_to_the_same_values_announces_nothing() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;

    let same = it.sources().update_source(update(&source, &[])).await.unwrap().into_inner();

    assert_eq!(same, source);
    let other = pb::Source { display_name: "Other".to_owned(), ..source.clone() };
    it.sources().update_source(update(&other, &["*"])).await.unwrap();
    it.announces(&source.name, &["SourceConnected", "SourceUpdated"]).await;
}

#[tokio::test]
async fn fields_that_cannot_be_changed_are_unknown_to_the_mask() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;

    for path in ["state", "realm", "tenant_id", "credentials", ""] {
        let status = it.sources().update_source(update(&source, &[path])).await.unwrap_err();
        let (code, _, field) = reason(&status);
        assert_eq!((code, field.as_str()), (Code::InvalidArgument, "update_mask"));
    }
}

#[tokio::test]
async fn an_old_etag_is_refused() {
    let it = Harness::start().await;
    let old = it.connect(Mode::Safe).await;
    let renamed = pb::Source { display_name: "New".to_owned(), ..old.clone() };
    it.sources().update_source(update(&renamed, &["display_name"])).await.unwrap();

    let status = it.sources().update_source(update(&renamed, &["display_name"])).await;

    let (code, name, _) = reason(&status.unwrap_err());
    assert_eq!((code, name.as_str()), (Code::Aborted, "SOURCE_CHANGED"));
}

#[tokio::test]
async fn a_stranger_updates_nothing() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let mut elsewhere = SourceServiceClient::new(it.stranger());

    let status = elsewhere.update_source(update(&source, &["display_name"])).await.unwrap_err();

    let (code, name, _) = reason(&status);
    assert_eq!((code, name.as_str()), (Code::NotFound, "SOURCE_NOT_FOUND"));
}
