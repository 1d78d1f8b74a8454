//! Writes the facts that each event adds to metrics, for one generation of the projection.

use bus::{Envelope, Failure, Handler};
use chrono::DateTime;
use sea_orm::DatabaseTransaction;

use crate::{
    convert,
    domain::{Generation, facts},
    store::{self, facts::Origin},
};

/// The handler `analytics.project-facts`, or `analytics.project-facts-N` for a later generation.
pub(super) struct ProjectFacts {
    generation: Generation,
    group: String,
}

impl ProjectFacts {
    pub(super) fn new(generation: Generation) -> Self {
        Self { generation, group: generation.group() }
    }
}

#[async_trait::async_trait]
impl Handler for ProjectFacts {
    type Fetched = ();

    fn group(&self) -> &str {
        &self.group
    }

    fn subscriptions(&self) -> &'static [(&'static str, &'static str)] {
        convert::HEARD
    }

    async fn fetch(&self, _event: &Envelope) -> Result<(), Failure> {
        Ok(())
    }

    async fn handle(
        &self,
        txn: &DatabaseTransaction,
        event: &Envelope,
        (): (),
    ) -> Result<(), Failure> {
        let happening = convert::happening(&event.kind, &event.payload);
        let Some(happening) = happening.map_err(Failure::reject)? else { return Ok(()) };
        // Whole microseconds, as both databases keep them.
        let event_time = DateTime::from_timestamp_micros(event.time.timestamp_micros());
        let origin = Origin { event_id: event.id, event_time: event_time.unwrap_or(event.time) };
        let facts = facts(&happening);
        store::facts::append(txn, event.tenant, self.generation, origin, &facts).await?;
        Ok(())
    }

    /// Each fact is keyed by its event, so a replay adds what is missing and doubles nothing. It takes
    /// nothing away either: wrong rows are what a rebuild is for.
    fn is_replayable(&self) -> bool {
        true
    }
}
