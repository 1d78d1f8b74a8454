//! The gRPC face: parse, ask the app, convert. One file per service of the contract.

mod metric_service;
mod projection_service;
mod status;

use proto::analytics::v1::{
    metric_service_server::MetricServiceServer, projection_service_server::ProjectionServiceServer,
};
use tonic::service::Routes;

use crate::app::App;

/// Implements the services of the contract.
#[derive(Clone)]
struct Api {
    app: App,
}

/// Every gRPC service of this process.
pub(crate) fn routes(app: App) -> Routes {
    let api = Api { app };
    Routes::new(MetricServiceServer::new(api.clone()))
        .add_service(ProjectionServiceServer::new(api))
}
