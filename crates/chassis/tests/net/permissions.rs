//! Permissions at the door: every method needs one, and a method without one is denied.

use chassis::{authn::Role, authz::Policy, server::ServerArgs};
use tokio_stream::StreamExt;
use tonic::{Code, transport::Channel};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};
use tonic_types::StatusExt;

use crate::harness::{CHECK, ISSUER, Probe, Served, bearing};

#[tokio::test]
async fn a_method_without_a_permission_is_denied_even_to_an_admin() {
    let served =
        Served::guarded(Probe::willing(), ServerArgs::default(), Policy::default(), &ISSUER.args())
            .await;

    let token = ISSUER.token(Role::Admin);
    let status = served.plain().await.check(bearing(&token)).await.unwrap_err();

    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(status.get_details_error_info().unwrap().reason, "METHOD_UNKNOWN");
}

#[tokio::test]
async fn a_role_without_the_permission_is_denied_and_told_which() {
    let policy = Policy::new([(CHECK, "sources.create")]);
    let served =
        Served::guarded(Probe::willing(), ServerArgs::default(), policy, &ISSUER.args()).await;
    let mut client = served.plain().await;

    let status = client.check(bearing(&ISSUER.token(Role::Agent))).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    let info = status.get_details_error_info().unwrap();
    assert_eq!(info.reason, "PERMISSION_DENIED");
    assert_eq!(info.metadata["permission"], "sources.create");

    client.check(bearing(&ISSUER.token(Role::Admin))).await.unwrap();
}

async fn services(url: String) -> Result<Vec<String>, tonic::Status> {
    let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = ServerReflectionClient::new(channel)
        .server_reflection_info(tokio_stream::once(ask))
        .await?
        .into_inner();
    match answers.next().await.unwrap()?.message_response {
        Some(MessageResponse::ListServicesResponse(list)) => {
            Ok(list.service.into_iter().map(|it| it.name).collect())
        }
        other => panic!("unexpected answer {other:?}"),
    }
}

#[tokio::test]
async fn reflection_needs_no_token() {
    let served = Served::start(Probe::willing()).await;

    let names = services(served.url.clone()).await.unwrap();

    assert!(names.contains(&"grpc.health.v1.Health".to_owned()), "{names:?}");
}

#[tokio::test]
async fn reflection_that_is_turned_off_is_a_method_like_any_other() {
    let args = ServerArgs { reflection: false, ..ServerArgs::default() };
    let served = Served::with(Probe::willing(), args).await;

    let status = services(served.url.clone()).await.unwrap_err();

    assert_eq!(status.code(), Code::Unauthenticated);
}
