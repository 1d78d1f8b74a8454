//! `SourceService.ConnectSource`: what is stored, announced and refused.

use chassis::authn::Role;
use emulators::wechat::Mode;
use proto::social::v1::{self as pb, connect_source_request::Credentials};
use sea_orm::{ConnectionTrait, Statement};
use social_ingest::{Migrator, ProviderReach};
use tonic::Code;
use uuid::Uuid;

use crate::harness::{Harness, SECRET, reason};

#[tokio::test]
async fn a_source_is_connected_and_announced() {
    let it = Harness::start().await;

    let source = it.connect(Mode::Safe).await;

    assert_eq!(source.display_name, "Shop");
    assert_eq!(source.channel(), proto::customer::v1::Channel::Wechat);
    assert_eq!(source.state(), pb::source::State::Connected);
    assert_eq!(source.realm, it.signer.app_id);
    let id = source.name.trim_start_matches("sources/");
    assert_eq!(source.webhook_path, format!("/webhooks/wechat/{id}"));
    it.announces(&source.name, &["SourceConnected"]).await;
}

#[tokio::test]
async fn credentials_are_sealed_in_the_database() {
    let it = Harness::start().await;

    it.connect(Mode::Safe).await;

    let db = it.database.connect::<Migrator>().await;
    let txn = db.read_system().await.unwrap();
    let select = "SELECT credentials FROM sources";
    let statement = Statement::from_string(db.backend(), select);
    let row = txn.query_one_raw(statement).await.unwrap().unwrap();
    let sealed: Vec<u8> = row.try_get("", "credentials").unwrap();
    for secret in [SECRET, &it.signer.token, &it.signer.encoding_aes_key] {
        assert!(!sealed.windows(secret.len()).any(|it| it == secret.as_bytes()));
    }
}

#[tokio::test]
async fn an_account_is_connected_once_in_a_tenant() {
    let it = Harness::start().await;
    it.connect(Mode::Safe).await;

    let status = it.sources().connect_source(it.connecting(Mode::Plain)).await.unwrap_err();

    assert_eq!(reason(&status), (Code::AlreadyExists, "ACCOUNT_CONNECTED".into(), String::new()));
    let mut elsewhere = pb::source_service_client::SourceServiceClient::new(it.stranger());
    elsewhere.connect_source(it.connecting(Mode::Safe)).await.unwrap();
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_another_one_is_refused() {
    let it = Harness::start().await;
    let mut request = it.connecting(Mode::Safe);
    request.request_id = Uuid::now_v7().to_string();

    let first = it.sources().connect_source(request.clone()).await.unwrap().into_inner();
    let second = it.sources().connect_source(request.clone()).await.unwrap().into_inner();
    request.source.as_mut().unwrap().display_name = "Another".to_owned();
    let status = it.sources().connect_source(request).await.unwrap_err();

    assert_eq!(first, second);
    let (code, name, _) = reason(&status);
    assert_eq!((code, name.as_str()), (Code::InvalidArgument, "REQUEST_ID_REUSED"));
    it.announces(&first.name, &["SourceConnected"]).await;
}

#[tokio::test]
async fn what_has_not_its_shape_is_refused_by_name() {
    let it = Harness::start().await;
    let check = async |change: &dyn Fn(&mut pb::ConnectSourceRequest), expected: &str| {
        let mut request = it.connecting(Mode::Safe);
        change(&mut request);
        let status = it.sources().connect_source(request).await.unwrap_err();
        let (code, _, field) = reason(&status);
        assert_eq!((code, field.as_str()), (Code::InvalidArgument, expected));
        assert!(!format!("{status:?}").contains("canary"), "{status:?}");
    };
    let with_name = |name: String| {
        move |it: &mut pb::ConnectSourceRequest| {
            it.source.as_mut().unwrap().display_name.clone_from(&name);
        }
    };
    let with_url = |url: String| {
        move |it: &mut pb::ConnectSourceRequest| {
            it.source.as_mut().unwrap().api_base_url.clone_from(&url);
        }
    };
    let wechat = |change: fn(&mut pb::WeChatCredentials)| {
        move |it: &mut pb::ConnectSourceRequest| {
            let Some(Credentials::Wechat(wechat)) = &mut it.credentials else { return };
            change(wechat);
        }
    };

    check(&|it| it.source = None, "source").await;
    check(&|it| it.credentials = None, "credentials").await;
    check(&|it| it.request_id = "one".to_owned(), "request_id").await;
    check(&with_name(String::new()), "source.display_name").await;
    check(&with_name("字".repeat(101)), "source.display_name").await;
    check(&with_url("ftp://example.com".to_owned()), "source.api_base_url").await;
    check(&with_url("https://user:canary@example.com".to_owned()), "source.api_base_url").await;
    check(&with_url(format!("https://{}", "x".repeat(500))), "source.api_base_url").await;
    check(&wechat(|it| it.app_id.clear()), "wechat.app_id").await;
    check(&wechat(|it| it.app_id = "with space".to_owned()), "wechat.app_id").await;
    check(&wechat(|it| it.app_secret.clear()), "wechat.app_secret").await;
    check(&wechat(|it| it.app_secret = "canary".repeat(100)), "wechat.app_secret").await;
    check(&wechat(|it| it.token.clear()), "wechat.token").await;
    check(&wechat(|it| it.token = "canary".repeat(100)), "wechat.token").await;
    check(&wechat(|it| it.encoding_aes_key = "canary".to_owned()), "wechat.encoding_aes_key").await;
    assert_eq!(it.announced().await, []);
}

#[tokio::test]
async fn an_address_inside_our_network_is_refused() {
    let it = Harness::start_with(|it| it.delivery.provider_reach = ProviderReach::Public).await;

    let status = it.sources().connect_source(it.connecting(Mode::Safe)).await.unwrap_err();

    let (code, _, field) = reason(&status);
    assert_eq!((code, field.as_str()), (Code::InvalidArgument, "source.api_base_url"));
}

#[tokio::test]
async fn only_an_administrator_connects() {
    let it = Harness::start().await;
    let client = it.client(Role::Agent);

    let mut sources = pb::source_service_client::SourceServiceClient::new(client);
    let status = sources.connect_source(it.connecting(Mode::Safe)).await.unwrap_err();

    assert_eq!(status.code(), Code::PermissionDenied);
}
