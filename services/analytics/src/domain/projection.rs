//! The projection: which generation of its rows is in use, which is being built, and when they change places.

use std::{fmt, time::Duration};

use chassis::tenant::TenantId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Event;

/// Names a projection. There is one: the facts that every metric is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProjectionName {
    /// `projections/facts`.
    Facts,
}

impl ProjectionName {
    /// Every projection.
    pub const ALL: [Self; 1] = [Self::Facts];

    /// What stands behind `projections/`, and in the column `name`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Facts => "facts",
        }
    }

    /// The projection of that id.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.id() == id)
    }
}

impl fmt::Display for ProjectionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "projections/{}", self.id())
    }
}

/// Which reading of the log from offset zero rows belong to, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub i32);

impl Generation {
    /// The one that begins when the service is first started.
    pub const FIRST: Self = Self(1);

    /// The next one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The consumer group that reads the log for it.
    pub fn group(self) -> String {
        match self {
            Self::FIRST => "analytics.project-facts".to_owned(),
            Self(number) => format!("analytics.project-facts-{number}"),
        }
    }
}

/// A generation on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Building {
    /// The generation.
    pub generation: Generation,
    /// The tenant of whoever asked for it, who hears that it is done.
    pub requester: TenantId,
}

/// A projection, across all tenants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    /// Which.
    pub name: ProjectionName,
    /// The generation that readers see.
    pub live: Generation,
    /// The generation being built beside it.
    pub building: Option<Building>,
    /// Generations up to this one have left nothing behind.
    pub swept: i32,
    /// When the newest build was finished; none of the first generation is.
    pub rebuild_time: Option<DateTime<Utc>>,
}

impl Projection {
    /// Begins the next generation, unless one is on its way already.
    pub fn rebuild(self, requester: TenantId) -> Option<Self> {
        match self.building {
            Some(_) => None,
            None => {
                let building = Building { generation: self.live.next(), requester };
                Some(Self { building: Some(building), ..self })
            }
        }
    }

    /// Puts `generation` into use, with the rows it has; `None` if it is not the one being built.
    pub fn swap(
        self,
        generation: Generation,
        row_count: i64,
        now: DateTime<Utc>,
    ) -> Option<(Self, Event)> {
        let building = self.building.filter(|it| it.generation == generation)?;
        let projection = Self { live: generation, building: None, rebuild_time: Some(now), ..self };
        let event = Event::Rebuilt {
            projection: projection.clone(),
            requester: building.requester,
            row_count,
            time: now,
        };
        Some((projection, event))
    }

    /// The generations whose events are to be heard.
    pub fn generations(&self) -> impl Iterator<Item = Generation> {
        std::iter::once(self.live).chain(self.building.map(|it| it.generation))
    }

    /// The oldest generation that may have left something behind.
    pub fn to_sweep(&self) -> Option<Generation> {
        let next = self.swept.saturating_add(1);
        (next < self.live.0).then_some(Generation(next))
    }
}

/// A projection and how it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectionStatus {
    /// The projection.
    pub projection: Projection,
    /// Events of the log that the generation in use has not seen.
    pub lag_events: u64,
    /// Age of the oldest of them.
    pub lag: Duration,
    /// Rows of the tenant in use.
    pub row_count: i64,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn projection() -> Projection {
        Projection {
            name: ProjectionName::Facts,
            live: Generation::FIRST,
            building: None,
            swept: 0,
            rebuild_time: None,
        }
    }

    #[test]
    fn one_generation_is_built_at_a_time_and_takes_over_once() {
        let tenant = TenantId::new(Uuid::nil());
        let now = DateTime::UNIX_EPOCH;

        let building = projection().rebuild(tenant).unwrap();
        assert_eq!(building.generations().collect::<Vec<_>>(), [Generation(1), Generation(2)]);
        assert_eq!(building.clone().rebuild(tenant), None);
        assert_eq!(building.clone().swap(Generation(3), 7, now), None);

        let (swapped, event) = building.swap(Generation(2), 7, now).unwrap();
        assert_eq!(swapped.generations().collect::<Vec<_>>(), [Generation(2)]);
        assert_eq!(swapped.rebuild_time, Some(now));
        assert_eq!(event.occurred().version, 1);
        assert_eq!(swapped.clone().swap(Generation(2), 7, now), None);
        assert_eq!(swapped.to_sweep(), Some(Generation(1)));
    }

    #[test]
    fn each_generation_reads_the_log_under_a_name_of_its_own() {
        assert_eq!(Generation::FIRST.group(), "analytics.project-facts");
        assert_eq!(Generation(2).group(), "analytics.project-facts-2");
        assert_eq!(projection().to_sweep(), None);
    }
}
