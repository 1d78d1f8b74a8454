//! Implements `kith.customer.v1.TimelineService`: parse, ask the app, convert.

use chassis::{page::PageRequest, request};
use proto::{
    Required,
    customer::v1::{self as pb, timeline_service_server::TimelineService},
};
use tonic::{Request, Response, Status};

use super::{Api, only};
use crate::{convert, domain::ContactId};

#[tonic::async_trait]
impl TimelineService for Api {
    async fn list_timeline_entries(
        &self,
        request: Request<pb::ListTimelineEntriesRequest>,
    ) -> Result<Response<pb::ListTimelineEntriesResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let contact = only("contact", ContactId::parse(&request.contact))?;
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let page = self.app.list_timeline_entries(caller.tenant, contact, &asked).await?;
        let entries = page.items.into_iter().map(|entry| pb::TimelineEntry {
            name: format!("{contact}/timelineEntries/{}", entry.event_id),
            event_type: entry.event_type,
            resource: entry.resource,
            event_time: Some(convert::time(entry.event_time)),
        });
        Ok(Response::new(pb::ListTimelineEntriesResponse {
            timeline_entries: entries.collect(),
            next_page_token: page.next_token,
        }))
    }
}
