//! `SourceService.RotateCredentials`: new credentials at once, for the same account only.

use emulators::wechat::{Content, Mode, WebhookSigner};
use proto::social::v1::{self as pb, rotate_credentials_request::Credentials};
use tonic::Code;

use crate::harness::{Harness, reason};

fn rotate(it: &Harness, source: &pb::Source) -> pb::RotateCredentialsRequest {
    pb::RotateCredentialsRequest {
        name: source.name.clone(),
        credentials: Some(Credentials::Wechat(it.credentials(Mode::Safe))),
        request_id: String::new(),
    }
}

#[tokio::test]
async fn webhooks_are_verified_with_the_new_credentials_at_once() {
    let mut it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let old = it.signer.clone();
    let xml = it.xml(Content::Text { id: 1, content: "hello" });
    assert_eq!(it.deliver(&source, Mode::Safe, &xml).await.0, 200);

    it.signer = WebhookSigner::generate(&old.app_id);
    let rotated = it.sources().rotate_credentials(rotate(&it, &source)).await.unwrap();

    let xml = it.xml(Content::Text { id: 2, content: "hello again" });
    assert_eq!(it.deliver(&source, Mode::Safe, &xml).await.0, 200);
    let by_old = it.post(&source, &old.deliver(Mode::Safe, &xml, it.now())).await;
    assert_eq!(by_old, (403, "SIGNATURE_INVALID".to_owned()));
    assert_eq!(rotated.into_inner().realm, source.realm);
    it.announces(&source.name, &["SourceConnected", "CredentialsRotated"]).await;
}

#[tokio::test]
async fn the_account_must_stay_the_same() {
    let mut it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;

    it.signer = WebhookSigner::generate("wx-another");
    let status = it.sources().rotate_credentials(rotate(&it, &source)).await.unwrap_err();

    let (code, name, _) = reason(&status);
    assert_eq!((code, name.as_str()), (Code::FailedPrecondition, "ACCOUNT_DIFFERS"));
}

#[tokio::test]
async fn a_disconnected_source_gets_no_credentials() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;
    let request = pb::DisconnectSourceRequest { name: source.name.clone(), ..Default::default() };
    it.sources().disconnect_source(request).await.unwrap();

    let status = it.sources().rotate_credentials(rotate(&it, &source)).await.unwrap_err();

    let (code, name, _) = reason(&status);
    assert_eq!((code, name.as_str()), (Code::FailedPrecondition, "SOURCE_DISCONNECTED"));
}

#[tokio::test]
async fn credentials_are_required() {
    let it = Harness::start().await;
    let source = it.connect(Mode::Safe).await;

    let request = pb::RotateCredentialsRequest { credentials: None, ..rotate(&it, &source) };
    let status = it.sources().rotate_credentials(request).await.unwrap_err();

    let (code, _, field) = reason(&status);
    assert_eq!((code, field.as_str()), (Code::InvalidArgument, "credentials"));
}
