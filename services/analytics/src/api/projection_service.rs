//! Implements `kith.analytics.v1.ProjectionService`: parse, ask the app, convert.

use chassis::{command::RequestKey, request};
use proto::{
    Required,
    analytics::v1::{self as pb, projection_service_server::ProjectionService},
};
use tonic::{Request, Response, Status};

use super::Api;
use crate::{convert, domain::ProjectionName};

#[tonic::async_trait]
impl ProjectionService for Api {
    async fn get_projection(
        &self,
        request: Request<pb::GetProjectionRequest>,
    ) -> Result<Response<pb::Projection>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let name = convert::projection_name(&request.name)?;
        let status = self.app.get_projection(caller.tenant, name).await?;
        Ok(Response::new(convert::projection_to_pb(status)))
    }

    async fn list_projections(
        &self,
        request: Request<pb::ListProjectionsRequest>,
    ) -> Result<Response<pb::ListProjectionsResponse>, Status> {
        let (caller, _) = request::open(request, Required::missing_field)?;
        let mut projections = Vec::new();
        for name in ProjectionName::ALL {
            let status = self.app.get_projection(caller.tenant, name).await?;
            projections.push(convert::projection_to_pb(status));
        }
        Ok(Response::new(pb::ListProjectionsResponse { projections }))
    }

    async fn rebuild_projection(
        &self,
        request: Request<pb::RebuildProjectionRequest>,
    ) -> Result<Response<pb::Projection>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = RequestKey::of(
            caller.tenant,
            "kith.analytics.v1.ProjectionService/RebuildProjection",
            &request.request_id,
            &request,
        );
        let key = convert::field("request_id", key)?;
        let name = convert::projection_name(&request.name)?;
        let status = self.app.rebuild_projection(&key, name).await?;
        Ok(Response::new(convert::projection_to_pb(status)))
    }
}
