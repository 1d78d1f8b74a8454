//! Implements `kith.analytics.v1.MetricService`: parse, ask the app, convert.

use chassis::{page::PageRequest, request};
use proto::{
    Required,
    analytics::v1::{self as pb, metric_service_server::MetricService},
};
use tonic::{Request, Response, Status};

use super::Api;
use crate::{convert, domain::Metric};

#[tonic::async_trait]
impl MetricService for Api {
    async fn list_metric_definitions(
        &self,
        request: Request<pb::ListMetricDefinitionsRequest>,
    ) -> Result<Response<pb::ListMetricDefinitionsResponse>, Status> {
        request::open(request, Required::missing_field)?;
        let metric_definitions = Metric::ALL.into_iter().map(convert::definition_to_pb).collect();
        Ok(Response::new(pb::ListMetricDefinitionsResponse { metric_definitions }))
    }

    async fn query_metric(
        &self,
        request: Request<pb::QueryMetricRequest>,
    ) -> Result<Response<pb::QueryMetricResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let metric = convert::metric(&request.metric)?;
        let days = convert::days(&request.start_date, &request.end_date)?;
        let query = convert::query(metric, days, &request.group_by, &request.filter)?;
        let points = self.app.query_metric(caller.tenant, &query).await?;
        let points = points.into_iter().map(|point| convert::point_to_pb(&query, point));
        Ok(Response::new(pb::QueryMetricResponse {
            points: points.collect(),
            metric_definition: Some(convert::definition_to_pb(metric)),
        }))
    }

    async fn drill_down(
        &self,
        request: Request<pb::DrillDownRequest>,
    ) -> Result<Response<pb::DrillDownResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let metric = convert::metric(&request.metric)?;
        let days = convert::days(&request.start_date, &request.end_date)?;
        let query = convert::query(metric, days, &[], &request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.drill_down(caller.tenant, &query, &request.filter, &asked).await?;
        Ok(Response::new(pb::DrillDownResponse {
            rows: page.items.into_iter().map(|row| convert::row_to_pb(metric, row)).collect(),
            next_page_token: page.next_token,
        }))
    }
}
