//! Implements `kith.social.v1.EnvelopeService`: parse, ask the app, convert.

use chassis::{filter, page::PageRequest, request};
use proto::{
    Required,
    social::v1::{self as pb, envelope_service_server::EnvelopeService},
};
use tonic::{Request, Response, Status};

use super::{Api, request_key};
use crate::{
    convert,
    domain::{EnvelopeFilter, EnvelopeName, SourceId},
    error::{Error, Result as Outcome},
};

#[tonic::async_trait]
impl EnvelopeService for Api {
    async fn get_envelope(
        &self,
        request: Request<pb::GetEnvelopeRequest>,
    ) -> Result<Response<pb::Envelope>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let name = EnvelopeName::parse(&request.name).map_err(Error::field("name"))?;
        let full = self.app.get_envelope(caller.tenant, name).await?;
        Ok(Response::new(convert::envelope_with_body(&full.envelope, full.body)))
    }

    async fn list_envelopes(
        &self,
        request: Request<pb::ListEnvelopesRequest>,
    ) -> Result<Response<pb::ListEnvelopesResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let source = SourceId::parse(&request.source).map_err(Error::field("source"))?;
        let filter = list_filter(&request.filter)?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self
            .app
            .list_envelopes(caller.tenant, source, &filter, &request.filter, &asked)
            .await?;
        Ok(Response::new(pb::ListEnvelopesResponse {
            envelopes: page.items.iter().map(convert::envelope).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn reprocess_envelope(
        &self,
        request: Request<pb::ReprocessEnvelopeRequest>,
    ) -> Result<Response<pb::Envelope>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let method = "kith.social.v1.EnvelopeService/ReprocessEnvelope";
        let key = request_key(caller.tenant, method, &request.request_id, &request)?;
        let name = EnvelopeName::parse(&request.name).map_err(Error::field("name"))?;
        let envelope = self.app.reprocess_envelope(&key, name).await?;
        Ok(Response::new(convert::envelope(&envelope)))
    }
}

fn list_filter(text: &str) -> Outcome<EnvelopeFilter> {
    let mut filter = EnvelopeFilter::default();
    for term in filter::parse(text, convert::ENVELOPE_FIELDS)? {
        let value = term.equals()?;
        match term.field {
            "message_type" => filter.message_type = Some(value.to_owned()),
            _ => {
                let state = convert::envelope_state_named(value);
                filter.state = Some(state.ok_or_else(|| term.refuse())?);
            }
        }
    }
    Ok(filter)
}
