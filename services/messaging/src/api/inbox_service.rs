//! Implements `kith.messaging.v1.InboxService` over gRPC.

use chassis::{mask::Mask, page::PageRequest, request};
use proto::{
    Required,
    messaging::v1::{self as pb, inbox_service_server::InboxService},
};
use tonic::{Request, Response, Status};

use super::{Api, request_key};
use crate::{convert::inbox as convert, error::Error};

#[tonic::async_trait]
impl InboxService for Api {
    async fn create_inbox(
        &self,
        request: Request<pb::CreateInboxRequest>,
    ) -> Result<Response<pb::Inbox>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.InboxService/CreateInbox",
            &request.request_id,
            &request,
        )?;
        let new = convert::new_inbox(&request.inbox.unwrap_or_default())?;
        let inbox = self.app.create_inbox(&key, new.channel, new.source, new.settings).await?;
        Ok(Response::new(convert::to_proto(&inbox)))
    }

    async fn get_inbox(
        &self,
        request: Request<pb::GetInboxRequest>,
    ) -> Result<Response<pb::Inbox>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = convert::id("name", &request.name)?;
        let inbox = self.app.get_inbox(caller.tenant, id).await?;
        Ok(Response::new(convert::to_proto(&inbox)))
    }

    async fn list_inboxes(
        &self,
        request: Request<pb::ListInboxesRequest>,
    ) -> Result<Response<pb::ListInboxesResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = convert::filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.list_inboxes(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListInboxesResponse {
            inboxes: page.items.iter().map(convert::to_proto).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn update_inbox(
        &self,
        request: Request<pb::UpdateInboxRequest>,
    ) -> Result<Response<pb::Inbox>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.InboxService/UpdateInbox",
            &request.request_id,
            &request,
        )?;
        let inbox = request.inbox.unwrap_or_default();
        let id = convert::id("inbox.name", &inbox.name)?;
        let paths = request.update_mask.unwrap_or_default().paths;
        let mask = Mask::check(&paths, convert::MUTABLE).map_err(Error::from)?;
        let change = |current| convert::settings(&inbox, &mask, current);
        let inbox = self.app.update_inbox(&key, id, &inbox.etag, change).await?;
        Ok(Response::new(convert::to_proto(&inbox)))
    }

    async fn delete_inbox(
        &self,
        request: Request<pb::DeleteInboxRequest>,
    ) -> Result<Response<pb::Inbox>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.InboxService/DeleteInbox",
            &request.request_id,
            &request,
        )?;
        let id = convert::id("name", &request.name)?;
        let inbox = self.app.delete_inbox(&key, id, &request.etag).await?;
        Ok(Response::new(convert::to_proto(&inbox)))
    }
}
