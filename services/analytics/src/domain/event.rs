//! What happened to projections: facts in the past tense.

use chassis::tenant::TenantId;
use chrono::{DateTime, Utc};

use super::Projection;

/// What happened to a projection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Another generation came into use.
    Rebuilt {
        /// The projection after it.
        projection: Projection,
        /// Who is told.
        requester: TenantId,
        /// Rows of all tenants in it.
        row_count: i64,
        /// When.
        time: DateTime<Utc>,
    },
}

/// The place of an event in the life of its aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurred {
    /// Whose event it is.
    pub tenant: TenantId,
    /// Resource name of the aggregate.
    pub aggregate: String,
    /// Its version after the event.
    pub version: u64,
    /// When it happened.
    pub time: DateTime<Utc>,
}

impl Event {
    /// Returns whose event it is and which one. The first generation is built without an event.
    pub fn occurred(&self) -> Occurred {
        match self {
            Self::Rebuilt { projection, requester, row_count: _, time } => Occurred {
                tenant: *requester,
                aggregate: projection.name.to_string(),
                version: u64::try_from(projection.live.0 - 1).unwrap_or_default(),
                time: *time,
            },
        }
    }
}
