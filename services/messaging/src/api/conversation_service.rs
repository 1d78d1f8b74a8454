//! Implements `kith.messaging.v1.ConversationService` over gRPC.

use chassis::{page::PageRequest, request};
use proto::{
    Required,
    messaging::v1::{self as pb, conversation_service_server::ConversationService},
};
use tonic::{Request, Response, Status};

use super::{Api, request_key};
use crate::convert::conversation as convert;

#[tonic::async_trait]
impl ConversationService for Api {
    async fn open_conversation(
        &self,
        request: Request<pb::OpenConversationRequest>,
    ) -> Result<Response<pb::Conversation>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.ConversationService/OpenConversation",
            &request.request_id,
            &request,
        )?;
        let opening = convert::opening(&request.conversation.unwrap_or_default())?;
        let conversation = self
            .app
            .open_conversation(&key, opening.inbox, opening.contact, opening.thread)
            .await?;
        Ok(Response::new(convert::to_proto(&conversation)))
    }

    async fn get_conversation(
        &self,
        request: Request<pb::GetConversationRequest>,
    ) -> Result<Response<pb::Conversation>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = convert::id("name", &request.name)?;
        let conversation = self.app.get_conversation(caller.tenant, id).await?;
        Ok(Response::new(convert::to_proto(&conversation)))
    }

    async fn list_conversations(
        &self,
        request: Request<pb::ListConversationsRequest>,
    ) -> Result<Response<pb::ListConversationsResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = convert::filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page =
            self.app.list_conversations(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListConversationsResponse {
            conversations: page.items.iter().map(convert::to_proto).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn assign_conversation(
        &self,
        request: Request<pb::AssignConversationRequest>,
    ) -> Result<Response<pb::Conversation>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.ConversationService/AssignConversation",
            &request.request_id,
            &request,
        )?;
        let id = convert::id("name", &request.name)?;
        let assignee = convert::assignee(&request.assignee)?;
        let conversation =
            self.app.assign_conversation(&key, id, &request.etag, Some(assignee)).await?;
        Ok(Response::new(convert::to_proto(&conversation)))
    }

    async fn unassign_conversation(
        &self,
        request: Request<pb::UnassignConversationRequest>,
    ) -> Result<Response<pb::Conversation>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.ConversationService/UnassignConversation",
            &request.request_id,
            &request,
        )?;
        let id = convert::id("name", &request.name)?;
        let conversation = self.app.assign_conversation(&key, id, &request.etag, None).await?;
        Ok(Response::new(convert::to_proto(&conversation)))
    }

    async fn set_conversation_status(
        &self,
        request: Request<pb::SetConversationStatusRequest>,
    ) -> Result<Response<pb::Conversation>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.ConversationService/SetConversationStatus",
            &request.request_id,
            &request,
        )?;
        let id = convert::id("name", &request.name)?;
        let wanted = convert::wanted(&request)?;
        let conversation = self.app.move_conversation(&key, id, &request.etag, wanted).await?;
        Ok(Response::new(convert::to_proto(&conversation)))
    }
}
