//! Implements `kith.customer.v1.ContactService`: parse, ask the app, convert.

use chassis::{filter, mask::Mask, page::PageRequest, request};
use proto::{
    Required,
    customer::v1::{self as pb, contact_service_server::ContactService},
};
use tonic::{Request, Response, Status};

use super::{Api, only, request_key, set_once};
use crate::{
    convert::{self, Fields},
    domain::{AccountId, ConsentState, ContactFilter, ContactId},
    error::Error,
};

const MUTABLE: &[&str] = &["display_name", "email", "phone", "language_code", "account", "tags"];

#[tonic::async_trait]
impl ContactService for Api {
    async fn create_contact(
        &self,
        request: Request<pb::CreateContactRequest>,
    ) -> Result<Response<pb::Contact>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.ContactService/CreateContact",
            &request.request_id,
            &request,
        );
        let profile = convert::profile(&mut fields, &request.contact.unwrap_or_default());
        let (key, profile) = fields.finish(key.zip(Some(profile)))?;
        let contact = self.app.create_contact(&key, profile).await?;
        Ok(Response::new(convert::contact_to_pb(contact)))
    }

    async fn get_contact(
        &self,
        request: Request<pb::GetContactRequest>,
    ) -> Result<Response<pb::Contact>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let id = only("name", ContactId::parse(&request.name))?;
        let contact = self.app.get_contact(caller.tenant, id).await?;
        Ok(Response::new(convert::contact_to_pb(contact)))
    }

    async fn list_contacts(
        &self,
        request: Request<pb::ListContactsRequest>,
    ) -> Result<Response<pb::ListContactsResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let filter = list_filter(&request)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.list_contacts(caller.tenant, &filter, &request.filter, &asked).await?;
        Ok(Response::new(pb::ListContactsResponse {
            contacts: page.items.into_iter().map(convert::contact_to_pb).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn update_contact(
        &self,
        request: Request<pb::UpdateContactRequest>,
    ) -> Result<Response<pb::Contact>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.ContactService/UpdateContact",
            &request.request_id,
            &request,
        );
        let contact = request.contact.unwrap_or_default();
        let mask = Mask::check(&request.update_mask.unwrap_or_default().paths, MUTABLE)
            .map_err(Error::from)?;
        let id = fields.take("contact.name", ContactId::parse(&contact.name));
        let change = convert::profile_change(&mut fields, &contact, |field| mask.has(field));
        let (key, id) = fields.finish(key.zip(id))?;
        let contact = self.app.update_contact(&key, id, &contact.etag, change).await?;
        Ok(Response::new(convert::contact_to_pb(contact)))
    }

    async fn delete_contact(
        &self,
        request: Request<pb::DeleteContactRequest>,
    ) -> Result<Response<pb::Contact>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.ContactService/DeleteContact",
            &request.request_id,
            &request,
        );
        let id = fields.take("name", ContactId::parse(&request.name));
        let (key, id) = fields.finish(key.zip(id))?;
        let contact = self.app.delete_contact(&key, id, &request.etag).await?;
        Ok(Response::new(convert::contact_to_pb(contact)))
    }

    async fn undelete_contact(
        &self,
        request: Request<pb::UndeleteContactRequest>,
    ) -> Result<Response<pb::Contact>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.ContactService/UndeleteContact",
            &request.request_id,
            &request,
        );
        let id = fields.take("name", ContactId::parse(&request.name));
        let (key, id) = fields.finish(key.zip(id))?;
        let contact = self.app.undelete_contact(&key, id).await?;
        Ok(Response::new(convert::contact_to_pb(contact)))
    }

    async fn record_consent(
        &self,
        request: Request<pb::RecordConsentRequest>,
    ) -> Result<Response<pb::Consent>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.ContactService/RecordConsent",
            &request.request_id,
            &request,
        );
        let contact = fields.take("contact", ContactId::parse(&request.contact));
        let purpose = fields.take("purpose", convert::purpose(request.purpose));
        let evidence = fields.take("evidence", convert::evidence(&request.evidence));
        let said = contact.zip(purpose).zip(evidence);
        let (key, ((contact, purpose), evidence)) = fields.finish(key.zip(said))?;
        let state = ConsentState::Granted;
        let consent = self.app.set_consent(&key, contact, purpose, state, evidence).await?;
        Ok(Response::new(convert::consent_to_pb(consent)))
    }

    async fn withdraw_consent(
        &self,
        request: Request<pb::WithdrawConsentRequest>,
    ) -> Result<Response<pb::Consent>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let mut fields = Fields::default();
        let key = request_key(
            &mut fields,
            caller.tenant,
            "kith.customer.v1.ContactService/WithdrawConsent",
            &request.request_id,
            &request,
        );
        let contact = fields.take("contact", ContactId::parse(&request.contact));
        let purpose = fields.take("purpose", convert::purpose(request.purpose));
        let evidence = fields.take("evidence", convert::evidence(&request.evidence));
        let said = contact.zip(purpose).zip(evidence);
        let (key, ((contact, purpose), evidence)) = fields.finish(key.zip(said))?;
        let state = ConsentState::Withdrawn;
        let consent = self.app.set_consent(&key, contact, purpose, state, evidence).await?;
        Ok(Response::new(convert::consent_to_pb(consent)))
    }

    async fn list_consents(
        &self,
        request: Request<pb::ListConsentsRequest>,
    ) -> Result<Response<pb::ListConsentsResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let contact = only("contact", ContactId::parse(&request.contact))?;
        let consents = self.app.list_consents(caller.tenant, contact).await?;
        Ok(Response::new(pb::ListConsentsResponse {
            consents: consents.into_iter().map(convert::consent_to_pb).collect(),
        }))
    }
}

fn list_filter(request: &pb::ListContactsRequest) -> Result<ContactFilter, Error> {
    let mut filter =
        ContactFilter { show_deleted: request.show_deleted, ..ContactFilter::default() };
    for term in filter::parse(&request.filter, &["account", "language_code", "tag", "email"])? {
        let value = term.equals()?.to_owned();
        match term.field {
            "account" => {
                let account = AccountId::parse(&value).map_err(|_| term.refuse())?;
                set_once(&mut filter.account, account, &term)?;
            }
            "language_code" => set_once(&mut filter.language_code, value, &term)?,
            "tag" => filter.tags.push(value.trim().to_lowercase()),
            "email" => set_once(&mut filter.email, value.trim().to_lowercase(), &term)?,
            _ => return Err(term.refuse().into()),
        }
    }
    Ok(filter)
}
