//! Implements `kith.messaging.v1.AutoReplyRuleService` over gRPC.

use chassis::{mask::Mask, page::PageRequest, request};
use proto::{
    Required,
    messaging::v1::{self as pb, auto_reply_rule_service_server::AutoReplyRuleService},
};
use tonic::{Request, Response, Status};

use super::{Api, request_key};
use crate::{convert::rule as convert, error::Error};

#[tonic::async_trait]
impl AutoReplyRuleService for Api {
    async fn create_auto_reply_rule(
        &self,
        request: Request<pb::CreateAutoReplyRuleRequest>,
    ) -> Result<Response<pb::AutoReplyRule>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.AutoReplyRuleService/CreateAutoReplyRule",
            &request.request_id,
            &request,
        )?;
        let content = convert::content(&request.auto_reply_rule.unwrap_or_default())?;
        let rule = self.app.create_rule(&key, content).await?;
        Ok(Response::new(convert::to_proto(&rule)))
    }

    async fn get_auto_reply_rule(
        &self,
        request: Request<pb::GetAutoReplyRuleRequest>,
    ) -> Result<Response<pb::AutoReplyRule>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = convert::id("name", &request.name)?;
        let rule = self.app.get_rule(caller.tenant, id).await?;
        Ok(Response::new(convert::to_proto(&rule)))
    }

    async fn list_auto_reply_rules(
        &self,
        request: Request<pb::ListAutoReplyRulesRequest>,
    ) -> Result<Response<pb::ListAutoReplyRulesResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = convert::filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.list_rules(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListAutoReplyRulesResponse {
            auto_reply_rules: page.items.iter().map(convert::to_proto).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn update_auto_reply_rule(
        &self,
        request: Request<pb::UpdateAutoReplyRuleRequest>,
    ) -> Result<Response<pb::AutoReplyRule>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.AutoReplyRuleService/UpdateAutoReplyRule",
            &request.request_id,
            &request,
        )?;
        let rule = request.auto_reply_rule.unwrap_or_default();
        let id = convert::id("auto_reply_rule.name", &rule.name)?;
        let paths = request.update_mask.unwrap_or_default().paths;
        let mask = Mask::check(&paths, convert::MUTABLE).map_err(Error::from)?;
        let change = |current| convert::changed(&rule, &mask, current);
        let rule = self.app.update_rule(&key, id, &rule.etag, change).await?;
        Ok(Response::new(convert::to_proto(&rule)))
    }

    async fn delete_auto_reply_rule(
        &self,
        request: Request<pb::DeleteAutoReplyRuleRequest>,
    ) -> Result<Response<pb::AutoReplyRule>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let key = request_key(
            caller.tenant,
            "kith.messaging.v1.AutoReplyRuleService/DeleteAutoReplyRule",
            &request.request_id,
            &request,
        )?;
        let id = convert::id("name", &request.name)?;
        let rule = self.app.delete_rule(&key, id, &request.etag).await?;
        Ok(Response::new(convert::to_proto(&rule)))
    }
}
