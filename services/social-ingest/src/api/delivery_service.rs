//! Implements `kith.social.v1.DeliveryService`: parse, ask the app, convert.

use chassis::{filter, page::PageRequest, request};
use proto::{
    Required,
    social::v1::{self as pb, delivery_service_server::DeliveryService},
};
use tonic::{Request, Response, Status};

use super::{Api, request_key};
use crate::{
    convert,
    domain::{DeliveryFilter, DeliveryId, MessageName, SourceId},
    error::{Error, Result as Outcome},
};

#[tonic::async_trait]
impl DeliveryService for Api {
    async fn get_delivery(
        &self,
        request: Request<pb::GetDeliveryRequest>,
    ) -> Result<Response<pb::Delivery>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = DeliveryId::parse(&request.name).map_err(Error::field("name"))?;
        let delivery = self.app.get_delivery(caller.tenant, id).await?;
        Ok(Response::new(convert::delivery(&delivery)))
    }

    async fn list_deliveries(
        &self,
        request: Request<pb::ListDeliveriesRequest>,
    ) -> Result<Response<pb::ListDeliveriesResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = list_filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page =
            self.app.list_deliveries(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListDeliveriesResponse {
            deliveries: page.items.iter().map(convert::delivery).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn resolve_delivery(
        &self,
        request: Request<pb::ResolveDeliveryRequest>,
    ) -> Result<Response<pb::Delivery>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let method = "kith.social.v1.DeliveryService/ResolveDelivery";
        let key = request_key(caller.tenant, method, &request.request_id, &request)?;
        let id = DeliveryId::parse(&request.name).map_err(Error::field("name"))?;
        let resolution = convert::resolution(request.state)?;
        let delivery = self.app.resolve_delivery(&key, id, resolution).await?;
        Ok(Response::new(convert::delivery(&delivery)))
    }
}

fn list_filter(text: &str) -> Outcome<DeliveryFilter> {
    let mut filter = DeliveryFilter::default();
    for term in filter::parse(text, convert::DELIVERY_FIELDS)? {
        let value = term.equals()?;
        match term.field {
            "source" => {
                filter.source = Some(SourceId::parse(value).map_err(|_| term.refuse())?);
            }
            "message" => {
                filter.message = Some(MessageName::parse(value).map_err(|_| term.refuse())?);
            }
            _ => {
                let state = convert::delivery_state_named(value);
                filter.state = Some(state.ok_or_else(|| term.refuse())?);
            }
        }
    }
    Ok(filter)
}
