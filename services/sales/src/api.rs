//! The gRPC face: parse, ask the app, convert. One file per service of the contract.

mod order_service;
mod product_service;
mod status;

use chassis::{command::RequestKey, tenant::TenantId};
use prost::Message;
use proto::sales::v1::{
    order_service_server::OrderServiceServer, product_service_server::ProductServiceServer,
};
use tonic::service::Routes;

use crate::{app::App, convert, error::Result};

/// Implements the services of the contract.
#[derive(Clone)]
struct Api {
    app: App,
}

/// Every gRPC service of this process.
pub(crate) fn routes(app: App) -> Routes {
    let api = Api { app };
    Routes::new(ProductServiceServer::new(api.clone())).add_service(OrderServiceServer::new(api))
}

/// Names a request, so that a repetition gets the first answer.
fn request_key(
    tenant: TenantId,
    method: &'static str,
    request_id: &str,
    request: &impl Message,
) -> Result<RequestKey> {
    convert::field("request_id", RequestKey::of(tenant, method, request_id, request))
}
