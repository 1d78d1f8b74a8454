//! Implements `kith.sales.v1.OrderService`: parse, ask the app, convert.

use chassis::{filter, mask::Mask, page::PageRequest, request};
use proto::{
    Required,
    sales::v1::{self as pb, order_service_server::OrderService},
};
use tonic::{Request, Response, Status};

use super::{Api, request_key};
use crate::{
    convert,
    domain::{ContactId, OrderFilter},
    error::Error,
};

const MUTABLE: &[&str] = &["note"];

#[tonic::async_trait]
impl OrderService for Api {
    async fn create_order(
        &self,
        request: Request<pb::CreateOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.OrderService/CreateOrder",
            &request.request_id,
            &request,
        )?;
        let draft = convert::order_draft(&request.order.unwrap_or_default())?;
        let order = self.app.create_order(&key, draft).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }

    async fn get_order(
        &self,
        request: Request<pb::GetOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = convert::order_id(&request.name, "name")?;
        let order = self.app.get_order(caller.tenant, id).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }

    async fn get_latest_order(
        &self,
        request: Request<pb::GetLatestOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let contact = convert::contact_id(&request.contact, "contact")?;
        let buyer = request.buyer.map(|key| convert::identity_key(&key, "buyer")).transpose()?;
        let order = self.app.get_latest_order(caller.tenant, contact, buyer.as_ref()).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }

    async fn list_orders(
        &self,
        request: Request<pb::ListOrdersRequest>,
    ) -> Result<Response<pb::ListOrdersResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = list_filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.list_orders(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListOrdersResponse {
            orders: page.items.into_iter().map(convert::order_to_pb).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn update_order(
        &self,
        request: Request<pb::UpdateOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.OrderService/UpdateOrder",
            &request.request_id,
            &request,
        )?;
        let order = request.order.unwrap_or_default();
        let id = convert::order_id(&order.name, "order.name")?;
        let mask = Mask::check(&request.update_mask.unwrap_or_default().paths, MUTABLE)
            .map_err(Error::from)?;
        let note = match mask.has("note") {
            true => Some(convert::note(&order.note)?),
            false => None,
        };
        let order = self.app.amend_order(&key, id, &order.etag, note).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }

    async fn pay_order(
        &self,
        request: Request<pb::PayOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.OrderService/PayOrder",
            &request.request_id,
            &request,
        )?;
        let id = convert::order_id(&request.name, "name")?;
        let amount = convert::price(request.amount.as_ref(), "amount")?;
        let reference = convert::payment_reference(&request.payment_reference)?;
        let order = self.app.pay_order(&key, id, &request.etag, amount, reference).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }

    async fn ship_order(
        &self,
        request: Request<pb::ShipOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.OrderService/ShipOrder",
            &request.request_id,
            &request,
        )?;
        let id = convert::order_id(&request.name, "name")?;
        let shipment = convert::shipment(&request)?;
        let order = self.app.ship_order(&key, id, &request.etag, shipment).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }

    async fn deliver_order(
        &self,
        request: Request<pb::DeliverOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.OrderService/DeliverOrder",
            &request.request_id,
            &request,
        )?;
        let id = convert::order_id(&request.name, "name")?;
        let order = self.app.deliver_order(&key, id, &request.etag).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }

    async fn cancel_order(
        &self,
        request: Request<pb::CancelOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.OrderService/CancelOrder",
            &request.request_id,
            &request,
        )?;
        let id = convert::order_id(&request.name, "name")?;
        let reason = convert::reason(&request.reason)?;
        let order = self.app.cancel_order(&key, id, &request.etag, reason).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }

    async fn refund_order(
        &self,
        request: Request<pb::RefundOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.OrderService/RefundOrder",
            &request.request_id,
            &request,
        )?;
        let id = convert::order_id(&request.name, "name")?;
        let reason = convert::reason(&request.reason)?;
        let order = self.app.refund_order(&key, id, &request.etag, reason).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }

    async fn link_order(
        &self,
        request: Request<pb::LinkOrderRequest>,
    ) -> Result<Response<pb::Order>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.sales.v1.OrderService/LinkOrder",
            &request.request_id,
            &request,
        )?;
        let id = convert::order_id(&request.name, "name")?;
        let contact = convert::contact_id(&request.contact, "contact")?;
        let order = self.app.link_order(&key, id, contact).await?;
        Ok(Response::new(convert::order_to_pb(order)))
    }
}

fn list_filter(filter: &str) -> Result<OrderFilter, Error> {
    let mut narrowed = OrderFilter::default();
    for term in filter::parse(filter, &["contact", "state", "number"])? {
        let value = term.equals()?;
        let is_repeated = match term.field {
            "contact" => {
                let contact = ContactId::parse(value).map_err(|_| term.refuse())?;
                narrowed.contact.replace(contact).is_some()
            }
            "state" => {
                let state = convert::state(value).ok_or_else(|| term.refuse())?;
                narrowed.state.replace(state).is_some()
            }
            _ => narrowed.number.replace(value.to_owned()).is_some(),
        };
        if is_repeated {
            return Err(term.refuse().into());
        }
    }
    Ok(narrowed)
}
