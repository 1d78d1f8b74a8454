//! The faces of the service: gRPC, one file per service of the contract, and the webhooks of providers.

mod analysis_service;
mod delivery_service;
mod envelope_service;
mod inbound_message_service;
mod source_service;
mod status;
pub(crate) mod webhooks;

use std::sync::Arc;

use chassis::{command::RequestKey, tenant::TenantId};
use prost::Message;
use proto::social::v1::{
    analysis_service_server::AnalysisServiceServer, delivery_service_server::DeliveryServiceServer,
    envelope_service_server::EnvelopeServiceServer,
    inbound_message_service_server::InboundMessageServiceServer,
    source_service_server::SourceServiceServer,
};
use tonic::service::Routes;

use crate::{
    app::App,
    error::{Error, Result},
};

/// Implements the services of the contract.
#[derive(Clone)]
struct Api {
    app: Arc<App>,
}

/// Every gRPC service of this process.
pub(crate) fn routes(app: Arc<App>) -> Routes {
    let api = Api { app };
    Routes::new(SourceServiceServer::new(api.clone()))
        .add_service(EnvelopeServiceServer::new(api.clone()))
        .add_service(InboundMessageServiceServer::new(api.clone()))
        .add_service(AnalysisServiceServer::new(api.clone()))
        .add_service(DeliveryServiceServer::new(api))
}

/// Names a request, so that a repetition gets the first answer.
fn request_key(
    tenant: TenantId,
    method: &'static str,
    request_id: &str,
    request: &impl Message,
) -> Result<RequestKey> {
    RequestKey::of(tenant, method, request_id, request).map_err(Error::field("request_id"))
}
