//! The gRPC face: parse, ask the app, convert. One file per service of the contract.

mod auto_reply_rule_service;
mod conversation_service;
mod inbox_service;
mod message_service;
mod status;

use chassis::{authn::Caller, command::RequestKey, tenant::TenantId};
use prost::Message;
use proto::messaging::v1::{
    auto_reply_rule_service_server::AutoReplyRuleServiceServer,
    conversation_service_server::ConversationServiceServer,
    inbox_service_server::InboxServiceServer, message_service_server::MessageServiceServer,
};
use tonic::service::Routes;

use crate::{
    app::App,
    domain::Agent,
    error::{Error, Result},
};

/// Implements the services of the contract.
#[derive(Clone)]
struct Api {
    app: App,
}

/// Every gRPC service of this process.
pub(crate) fn routes(app: App) -> Routes {
    let api = Api { app };
    Routes::new(InboxServiceServer::new(api.clone()))
        .add_service(ConversationServiceServer::new(api.clone()))
        .add_service(MessageServiceServer::new(api.clone()))
        .add_service(AutoReplyRuleServiceServer::new(api))
}

/// Names a request, so that a repetition gets the first answer.
fn request_key(
    tenant: TenantId,
    method: &'static str,
    request_id: &str,
    request: &impl Message,
) -> Result<RequestKey> {
    RequestKey::of(tenant, method, request_id, request)
        .map_err(|problem| Error::invalid("request_id", problem))
}

/// The agent who calls.
fn agent(caller: &Caller) -> Result<Agent> {
    Agent::parse(&caller.subject).map_err(|problem| Error::invalid("subject of the token", problem))
}
