//! The gRPC face: parse, ask the app, convert. One file per service of the contract.

mod account_service;
mod contact_service;
mod identity_service;
mod status;
mod timeline_service;

use chassis::{
    command::RequestKey,
    filter::{BadFilter, Term},
    malformed::Malformed,
    tenant::TenantId,
};
use prost::Message;
use proto::customer::v1::{
    account_service_server::AccountServiceServer, contact_service_server::ContactServiceServer,
    identity_service_server::IdentityServiceServer, timeline_service_server::TimelineServiceServer,
};
use tonic::service::Routes;

use crate::{app::App, convert::Fields, error::Result};

/// Implements the services of the contract.
#[derive(Clone)]
struct Api {
    app: App,
}

/// Every service of the contract that is this service's own.
pub(crate) fn routes(app: App) -> Routes {
    let api = Api { app };
    Routes::new(ContactServiceServer::new(api.clone()))
        .add_service(AccountServiceServer::new(api.clone()))
        .add_service(IdentityServiceServer::new(api.clone()))
        .add_service(TimelineServiceServer::new(api))
}

/// Names a request, so that a repetition gets the first answer.
fn request_key(
    fields: &mut Fields,
    tenant: TenantId,
    method: &'static str,
    request_id: &str,
    request: &impl Message,
) -> Option<RequestKey> {
    fields.take("request_id", RequestKey::of(tenant, method, request_id, request))
}

/// Reads the one field that a request is about.
fn only<T>(field: &'static str, value: std::result::Result<T, Malformed>) -> Result<T> {
    let mut fields = Fields::default();
    let value = fields.take(field, value);
    fields.finish(value)
}

/// Sets what a filter asks for; a second value for the same field is refused, because no row has two.
fn set_once<T>(
    wanted: &mut Option<T>,
    value: T,
    term: &Term,
) -> std::result::Result<(), BadFilter> {
    match wanted.replace(value) {
        None => Ok(()),
        Some(_) => Err(term.refuse()),
    }
}
