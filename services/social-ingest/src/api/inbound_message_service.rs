//! Implements `kith.social.v1.InboundMessageService`: parse, ask the app, convert.

use chassis::{filter, page::PageRequest, request};
use proto::{
    Required,
    social::v1::{self as pb, inbound_message_service_server::InboundMessageService},
};
use tonic::{Request, Response, Status};

use super::Api;
use crate::{
    convert,
    domain::{InboundMessageFilter, InboundMessageId, SourceId, ThreadId},
    error::{Error, Result as Outcome},
};

#[tonic::async_trait]
impl InboundMessageService for Api {
    async fn get_inbound_message(
        &self,
        request: Request<pb::GetInboundMessageRequest>,
    ) -> Result<Response<pb::InboundMessage>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = InboundMessageId::parse(&request.name).map_err(Error::field("name"))?;
        let message = self.app.get_inbound_message(caller.tenant, id).await?;
        Ok(Response::new(convert::inbound_message(&message)))
    }

    async fn list_inbound_messages(
        &self,
        request: Request<pb::ListInboundMessagesRequest>,
    ) -> Result<Response<pb::ListInboundMessagesResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = list_filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page =
            self.app.list_inbound_messages(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListInboundMessagesResponse {
            inbound_messages: page.items.iter().map(convert::inbound_message).collect(),
            next_page_token: page.next_token,
        }))
    }
}

fn list_filter(text: &str) -> Outcome<InboundMessageFilter> {
    let mut filter = InboundMessageFilter::default();
    for term in filter::parse(text, convert::INBOUND_MESSAGE_FIELDS)? {
        let value = term.equals()?;
        match term.field {
            "source" => {
                filter.source = Some(SourceId::parse(value).map_err(|_| term.refuse())?);
            }
            "thread" => {
                filter.thread = Some(ThreadId::parse(value).map_err(|_| term.refuse())?);
            }
            _ => filter.intent = Some(value.to_owned()),
        }
    }
    Ok(filter)
}
