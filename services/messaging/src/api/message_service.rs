//! Implements `kith.messaging.v1.MessageService` over gRPC.

use chassis::{page::PageRequest, request};
use proto::{
    Required,
    messaging::v1::{self as pb, message_service_server::MessageService},
};
use tonic::{Request, Response, Status};

use super::{Api, agent, request_key};
use crate::{
    app::Posted,
    convert::{conversation, message as convert},
};

fn answer(posted: &Posted) -> Response<pb::Message> {
    Response::new(convert::to_proto(&posted.conversation, &posted.message))
}

#[tonic::async_trait]
impl MessageService for Api {
    async fn get_message(
        &self,
        request: Request<pb::GetMessageRequest>,
    ) -> Result<Response<pb::Message>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let name = convert::id("name", &request.name)?;
        Ok(answer(&self.app.get_message(caller.tenant, name).await?))
    }

    async fn list_messages(
        &self,
        request: Request<pb::ListMessagesRequest>,
    ) -> Result<Response<pb::ListMessagesResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = conversation::id("conversation", &request.conversation)?;
        let after = convert::after_sequence(request.after_sequence)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let (conversation, page) = self.app.list_messages(caller.tenant, id, after, &asked).await?;
        let messages = page.items.iter().map(|it| convert::to_proto(&conversation, it));
        Ok(Response::new(pb::ListMessagesResponse {
            messages: messages.collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn send_message(
        &self,
        request: Request<pb::SendMessageRequest>,
    ) -> Result<Response<pb::Message>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.MessageService/SendMessage",
            &request.request_id,
            &request,
        )?;
        let id = conversation::id("conversation", &request.conversation)?;
        let text = convert::text(&request.text)?;
        Ok(answer(&self.app.send_message(&key, id, agent(&caller)?, text).await?))
    }

    async fn retry_message(
        &self,
        request: Request<pb::RetryMessageRequest>,
    ) -> Result<Response<pb::Message>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.MessageService/RetryMessage",
            &request.request_id,
            &request,
        )?;
        let name = convert::id("name", &request.name)?;
        Ok(answer(&self.app.retry_message(&key, name).await?))
    }

    async fn add_private_note(
        &self,
        request: Request<pb::AddPrivateNoteRequest>,
    ) -> Result<Response<pb::Message>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.MessageService/AddPrivateNote",
            &request.request_id,
            &request,
        )?;
        let id = conversation::id("conversation", &request.conversation)?;
        let text = convert::text(&request.text)?;
        Ok(answer(&self.app.add_note(&key, id, agent(&caller)?, text).await?))
    }
}
