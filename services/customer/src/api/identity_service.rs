//! Implements `kith.customer.v1.IdentityService`: parse, ask the app, convert.

use chassis::{page::PageRequest, request};
use proto::{
    Required,
    customer::v1::{self as pb, identity_service_server::IdentityService},
};
use tonic::{Request, Response, Status};

use super::{Api, only, request_key};
use crate::{
    convert::{self, Fields},
    domain::{ContactId, IdentityName, LanguageCode},
};

#[tonic::async_trait]
impl IdentityService for Api {
    async fn upsert_contact_by_identity(
        &self,
        request: Request<pb::UpsertContactByIdentityRequest>,
    ) -> Result<Response<pb::UpsertContactByIdentityResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let request_key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.IdentityService/UpsertContactByIdentity",
            &request.request_id,
            &request,
        );
        let key = convert::identity_key(&mut fields, request.key);
        let display_name = convert::display_name(&request.display_name);
        let display_name = fields.take("display_name", display_name);
        let language_code = LanguageCode::parse(&request.language_code);
        let language_code = fields.take("language_code", language_code);
        let given = display_name.zip(language_code);
        let ((request_key, key), (display_name, language_code)) =
            fields.finish(request_key.zip(key).zip(given))?;
        let upserted = self
            .app
            .upsert_contact_by_identity(&request_key, key, display_name, language_code)
            .await?;
        Ok(Response::new(pb::UpsertContactByIdentityResponse {
            contact: Some(convert::contact_to_pb(upserted.contact)),
            identity: upserted.identity.name().to_string(),
            created: upserted.is_created,
        }))
    }

    async fn link_identity(
        &self,
        request: Request<pb::LinkIdentityRequest>,
    ) -> Result<Response<pb::Identity>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let request_key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.IdentityService/LinkIdentity",
            &request.request_id,
            &request,
        );
        let contact = fields.take("contact", ContactId::parse(&request.contact));
        let key = convert::identity_key(&mut fields, request.key);
        let (request_key, (contact, key)) = fields.finish(request_key.zip(contact.zip(key)))?;
        let identity = self.app.link_identity(&request_key, contact, key).await?;
        Ok(Response::new(convert::identity_to_pb(identity)))
    }

    async fn unlink_identity(
        &self,
        request: Request<pb::UnlinkIdentityRequest>,
    ) -> Result<Response<pb::Identity>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.IdentityService/UnlinkIdentity",
            &request.request_id,
            &request,
        );
        let name = fields.take("name", IdentityName::parse(&request.name));
        let (key, name) = fields.finish(key.zip(name))?;
        let identity = self.app.unlink_identity(&key, name).await?;
        Ok(Response::new(convert::identity_to_pb(identity)))
    }

    async fn resolve_identity(
        &self,
        request: Request<pb::ResolveIdentityRequest>,
    ) -> Result<Response<pb::Identity>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = convert::identity_key(&mut fields, request.key);
        let key = fields.finish(key)?;
        let identity = self.app.resolve_identity(caller.tenant, &key).await?;
        Ok(Response::new(convert::identity_to_pb(identity)))
    }

    async fn get_identity(
        &self,
        request: Request<pb::GetIdentityRequest>,
    ) -> Result<Response<pb::Identity>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let name = only("name", IdentityName::parse(&request.name))?;
        let identity = self.app.get_identity(caller.tenant, name).await?;
        Ok(Response::new(convert::identity_to_pb(identity)))
    }

    async fn list_identities(
        &self,
        request: Request<pb::ListIdentitiesRequest>,
    ) -> Result<Response<pb::ListIdentitiesResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let contact = only("contact", ContactId::parse(&request.contact))?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.list_identities(caller.tenant, contact, &asked).await?;
        Ok(Response::new(pb::ListIdentitiesResponse {
            identities: page.items.into_iter().map(convert::identity_to_pb).collect(),
            next_page_token: page.next_token,
        }))
    }
}
