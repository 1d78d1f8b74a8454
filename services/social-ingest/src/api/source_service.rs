//! Implements `kith.social.v1.SourceService`: parse, ask the app, convert.

use chassis::{filter, mask::Mask, page::PageRequest, request};
use proto::{
    Required,
    social::v1::{self as pb, source_service_server::SourceService},
};
use tonic::{Request, Response, Status};

use super::{Api, request_key};
use crate::{
    convert,
    domain::{SourceFilter, SourceId},
    error::{Error, Result as Outcome},
};

#[tonic::async_trait]
impl SourceService for Api {
    async fn connect_source(
        &self,
        request: Request<pb::ConnectSourceRequest>,
    ) -> Result<Response<pb::Source>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let method = "kith.social.v1.SourceService/ConnectSource";
        let key = request_key(caller.tenant, method, &request.request_id, &request)?;
        let (display_name, url) = convert::new_source(&request.source.unwrap_or_default())?;
        let credentials = convert::credentials_of_connect(request.credentials)?;
        let source = self.app.connect_source(&key, display_name, url, &credentials).await?;
        Ok(Response::new(convert::source(&source)))
    }

    async fn get_source(
        &self,
        request: Request<pb::GetSourceRequest>,
    ) -> Result<Response<pb::Source>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = SourceId::parse(&request.name).map_err(Error::field("name"))?;
        let source = self.app.get_source(caller.tenant, id).await?;
        Ok(Response::new(convert::source(&source)))
    }

    async fn list_sources(
        &self,
        request: Request<pb::ListSourcesRequest>,
    ) -> Result<Response<pb::ListSourcesResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = list_filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.list_sources(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListSourcesResponse {
            sources: page.items.iter().map(convert::source).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn update_source(
        &self,
        request: Request<pb::UpdateSourceRequest>,
    ) -> Result<Response<pb::Source>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let method = "kith.social.v1.SourceService/UpdateSource";
        let key = request_key(caller.tenant, method, &request.request_id, &request)?;
        let source = request.source.unwrap_or_default();
        let id = SourceId::parse(&source.name).map_err(Error::field("source.name"))?;
        let paths = request.update_mask.unwrap_or_default().paths;
        let mask = Mask::check(&paths, convert::SOURCE_MASK).map_err(Error::from)?;
        let change = convert::change(&source, &mask)?;
        let source = self.app.update_source(&key, id, &source.etag, change).await?;
        Ok(Response::new(convert::source(&source)))
    }

    async fn rotate_credentials(
        &self,
        request: Request<pb::RotateCredentialsRequest>,
    ) -> Result<Response<pb::Source>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let method = "kith.social.v1.SourceService/RotateCredentials";
        let key = request_key(caller.tenant, method, &request.request_id, &request)?;
        let id = SourceId::parse(&request.name).map_err(Error::field("name"))?;
        let credentials = convert::credentials_of_rotate(request.credentials)?;
        let source = self.app.rotate_credentials(&key, id, &credentials).await?;
        Ok(Response::new(convert::source(&source)))
    }

    async fn disconnect_source(
        &self,
        request: Request<pb::DisconnectSourceRequest>,
    ) -> Result<Response<pb::Source>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let method = "kith.social.v1.SourceService/DisconnectSource";
        let key = request_key(caller.tenant, method, &request.request_id, &request)?;
        let id = SourceId::parse(&request.name).map_err(Error::field("name"))?;
        let source = self.app.disconnect_source(&key, id, &request.etag).await?;
        Ok(Response::new(convert::source(&source)))
    }

    async fn get_source_health(
        &self,
        request: Request<pb::GetSourceHealthRequest>,
    ) -> Result<Response<pb::SourceHealth>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = SourceId::parse(&request.name).map_err(Error::field("name"))?;
        let health = self.app.source_health(caller.tenant, id).await?;
        Ok(Response::new(convert::health(&health)))
    }
}

fn list_filter(text: &str) -> Outcome<SourceFilter> {
    let mut filter = SourceFilter::default();
    for term in filter::parse(text, convert::SOURCE_FIELDS)? {
        let value = term.equals()?;
        match term.field {
            "channel" => {
                filter.channel = Some(convert::channel_named(value).ok_or_else(|| term.refuse())?);
            }
            _ => {
                let state = convert::source_state_named(value);
                filter.state = Some(state.ok_or_else(|| term.refuse())?);
            }
        }
    }
    Ok(filter)
}
