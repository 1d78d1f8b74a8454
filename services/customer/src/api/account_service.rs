//! Implements `kith.customer.v1.AccountService`: parse, ask the app, convert.

use chassis::{filter, mask::Mask, page::PageRequest, request};
use proto::{
    Required,
    customer::v1::{self as pb, account_service_server::AccountService},
};
use tonic::{Request, Response, Status};

use super::{Api, only, request_key, set_once};
use crate::{
    convert::{self, Fields},
    domain::{AccountFilter, AccountId},
    error::Error,
};

const MUTABLE: &[&str] = &["display_name", "domain", "industry"];

#[tonic::async_trait]
impl AccountService for Api {
    async fn create_account(
        &self,
        request: Request<pb::CreateAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.AccountService/CreateAccount",
            &request.request_id,
            &request,
        );
        let profile = convert::account_profile(&mut fields, &request.account.unwrap_or_default());
        let (key, profile) = fields.finish(key.zip(profile))?;
        let account = self.app.create_account(&key, profile).await?;
        Ok(Response::new(convert::account_to_pb(account)))
    }

    async fn get_account(
        &self,
        request: Request<pb::GetAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = only("name", AccountId::parse(&request.name))?;
        let account = self.app.get_account(caller.tenant, id).await?;
        Ok(Response::new(convert::account_to_pb(account)))
    }

    async fn list_accounts(
        &self,
        request: Request<pb::ListAccountsRequest>,
    ) -> Result<Response<pb::ListAccountsResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = list_filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.list_accounts(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListAccountsResponse {
            accounts: page.items.into_iter().map(convert::account_to_pb).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn update_account(
        &self,
        request: Request<pb::UpdateAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.AccountService/UpdateAccount",
            &request.request_id,
            &request,
        );
        let account = request.account.unwrap_or_default();
        let mask = Mask::check(&request.update_mask.unwrap_or_default().paths, MUTABLE)
            .map_err(Error::from)?;
        let id = fields.take("account.name", AccountId::parse(&account.name));
        let change = convert::account_change(&mut fields, &account, |field| mask.has(field));
        let (key, id) = fields.finish(key.zip(id))?;
        let account = self.app.update_account(&key, id, &account.etag, change).await?;
        Ok(Response::new(convert::account_to_pb(account)))
    }

    async fn delete_account(
        &self,
        request: Request<pb::DeleteAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.AccountService/DeleteAccount",
            &request.request_id,
            &request,
        );
        let id = fields.take("name", AccountId::parse(&request.name));
        let (key, id) = fields.finish(key.zip(id))?;
        let account = self.app.delete_account(&key, id, &request.etag).await?;
        Ok(Response::new(convert::account_to_pb(account)))
    }
}

fn list_filter(text: &str) -> Result<AccountFilter, Error> {
    let mut filter = AccountFilter::default();
    for term in filter::parse(text, &["domain", "industry"])? {
        let value = term.equals()?.to_owned();
        match term.field {
            "domain" => set_once(&mut filter.domain, value.trim().to_lowercase(), &term)?,
            "industry" => set_once(&mut filter.industry, value, &term)?,
            _ => return Err(term.refuse().into()),
        }
    }
    Ok(filter)
}
