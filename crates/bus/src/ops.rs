//! `kith.ops.v1.ConsumerGroupService`, the same at every service: lag, parked keys, redrive, replay.
//!
//! The bus's own api room: the one place of this crate that knows statuses.

use std::sync::Arc;

use chassis::{
    clock::Clock,
    database::{Database, DbFailure},
    page::{Lists, PageRequest, Place},
    request, resource, status,
};
use proto::{
    Required,
    ops::v1::{
        self as pb,
        consumer_group_service_server::{ConsumerGroupService, ConsumerGroupServiceServer},
    },
};
use tokio::sync::watch;
use tonic::{Code, Request, Response, Status};

use crate::{
    ErasedHandler, Failure, Links, Log,
    log::LogError,
    parked::{self, ParkedKey},
    replay::{self, ReplayError},
    status::{groups, parked_keys_of},
};

/// Groups the reasons below.
const DOMAIN: &str = "bus.kith";

/// Full name of the service, for health.
pub const NAME: &str = "kith.ops.v1.ConsumerGroupService";

struct ConsumerGroups {
    db: Database,
    log: Arc<dyn Log>,
    clock: Clock,
    handlers: Handlers,
    lists: Lists,
}

/// The handlers that run at this moment, for a service whose handlers come and go.
pub type Handlers = watch::Receiver<Vec<Arc<dyn ErasedHandler>>>;

/// Serves what an operator asks about `handlers`; `lists` cuts the pages.
pub fn service(
    db: Database,
    links: &Links,
    handlers: Vec<Arc<dyn ErasedHandler>>,
    lists: Lists,
) -> ConsumerGroupServiceServer<impl ConsumerGroupService> {
    service_of(db, links, watch::channel(handlers).1, lists)
}

/// [`service`] for handlers that come and go.
pub fn service_of(
    db: Database,
    links: &Links,
    handlers: Handlers,
    lists: Lists,
) -> ConsumerGroupServiceServer<impl ConsumerGroupService> {
    let (log, clock) = (Arc::clone(&links.log), links.clock.clone());
    ConsumerGroupServiceServer::new(ConsumerGroups { db, log, clock, handlers, lists })
}

#[tonic::async_trait]
impl ConsumerGroupService for ConsumerGroups {
    async fn list_consumer_groups(
        &self,
        request: Request<pb::ListConsumerGroupsRequest>,
    ) -> Result<Response<pb::ListConsumerGroupsResponse>, Status> {
        let (caller, _) = request::open(request, Required::missing_field)?;
        let mut consumer_groups = Vec::new();
        let handlers = self.handlers.borrow().clone();
        for group in groups(&*self.log, &handlers, &self.clock).await.map_err(log_failed)? {
            let parked = parked_keys_of(&self.db, caller.tenant, &group.group).await?;
            consumer_groups.push(pb::ConsumerGroup {
                name: format!("consumerGroups/{}", group.group),
                lag_events: signed(group.lag_events()),
                lag_seconds: group.lag().as_secs_f64(),
                parked_keys: signed(parked),
            });
        }
        Ok(Response::new(pb::ListConsumerGroupsResponse { consumer_groups }))
    }

    async fn list_parked_keys(
        &self,
        request: Request<pb::ListParkedKeysRequest>,
    ) -> Result<Response<pb::ListParkedKeysResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let handler = self.handler(&request.consumer_group)?;
        let group = handler.erased_group();
        let asked = PageRequest { size: request.page_size, token: request.page_token };
        let listing = self.lists.begin::<Place>(caller.tenant, &["parkedKeys", group], &asked)?;
        let after = listing.after.map(|place| (place.time, place.id));
        let limit = u32::try_from(listing.limit()).unwrap_or(u32::MAX);
        let found = parked::page_after(&self.db, caller.tenant, group, after, limit)
            .await
            .map_err(DbFailure::from)?;
        let page = self.lists.end(&listing, found, |key| Place { time: key.park_time, id: key.id });
        Ok(Response::new(pb::ListParkedKeysResponse {
            parked_keys: page.items.into_iter().map(parked_key).collect(),
            next_page_token: page.next_token,
        }))
    }

    async fn redrive_parked_key(
        &self,
        request: Request<pb::RedriveParkedKeyRequest>,
    ) -> Result<Response<pb::RedriveParkedKeyResponse>, Status> {
        let (caller, request) = request::open(request, Required::missing_field)?;
        let not_found = || {
            status::with(Code::NotFound, DOMAIN, "PARKED_KEY_NOT_FOUND", "no such key is parked")
                .build()
        };
        let (group, id) = request.name.split_once("/parkedKeys/").ok_or_else(not_found)?;
        let handler = self.handler(group)?;
        let id = resource::parse_id(id).ok_or_else(not_found)?;
        let redriven = parked::redrive(&self.db, &*handler, caller.tenant, id).await?;
        let redriven = redriven.ok_or_else(not_found)?;
        Ok(Response::new(pb::RedriveParkedKeyResponse {
            handled_events: signed(redriven.handled),
            remaining_events: signed(redriven.remaining),
            failure: redriven.failure.unwrap_or_default(),
        }))
    }

    async fn replay_consumer_group(
        &self,
        request: Request<pb::ReplayConsumerGroupRequest>,
    ) -> Result<Response<pb::ReplayConsumerGroupResponse>, Status> {
        let (_, request) = request::open(request, Required::missing_field)?;
        let handler = self.handler(&request.name)?;
        let events = replay::request(&self.db, &*self.log, &*handler, request.from_offset)
            .await
            .map_err(not_replayed)?;
        Ok(Response::new(pb::ReplayConsumerGroupResponse { event_count: signed(events) }))
    }
}

impl ConsumerGroups {
    fn handler(&self, name: &str) -> Result<Arc<dyn ErasedHandler>, Status> {
        let group = name.strip_prefix("consumerGroups/").unwrap_or_default();
        let handlers = self.handlers.borrow();
        handlers.iter().find(|it| it.erased_group() == group).cloned().ok_or_else(|| {
            // The name is not repeated: a caller may have put anything there.
            status::with(
                Code::NotFound,
                DOMAIN,
                "CONSUMER_GROUP_NOT_FOUND",
                "this service has no such consumer group",
            )
            .build()
        })
    }
}

fn parked_key(key: ParkedKey) -> pb::ParkedKey {
    let park_time = prost_types::Timestamp {
        seconds: key.park_time.timestamp(),
        nanos: i32::try_from(key.park_time.timestamp_subsec_nanos()).unwrap_or_default(),
    };
    pb::ParkedKey {
        name: format!("consumerGroups/{}/parkedKeys/{}", key.group, key.id),
        aggregate: key.aggregate,
        event_count: signed(key.events),
        event_id: key.event_id.to_string(),
        event_type: key.kind,
        failure: key.failure,
        park_time: Some(park_time),
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn log_failed(error: LogError) -> Status {
    tracing::warn!(%error, "event log cannot be asked");
    let message = "the event log is not available: try again";
    status::with(Code::Unavailable, DOMAIN, "LOG_UNAVAILABLE", message).build()
}

fn failed(failure: Failure) -> Status {
    tracing::warn!(reason = failure.reason(), "operation on a consumer group failed");
    let message = "the operation failed: try again";
    status::with(Code::Unavailable, DOMAIN, "OPERATION_FAILED", message).build()
}

fn not_replayed(error: ReplayError) -> Status {
    match error {
        ReplayError::NotReplayable(_) => {
            status::with(Code::FailedPrecondition, DOMAIN, "NOT_REPLAYABLE", error).build()
        }
        ReplayError::BadOffset => {
            status::with(Code::InvalidArgument, DOMAIN, "OFFSET_INVALID", error)
                .violation("from_offset", "must not be negative")
                .build()
        }
        ReplayError::Log(error) => log_failed(error),
        ReplayError::Failed(failure) => failed(failure),
    }
}
