//! Pure decisions about facts, metrics and projections: no database, no network, no clock.

mod catch_up;
mod days;
mod dimension;
mod event;
mod facts;
mod happening;
mod metrics;
mod projection;
mod query;
mod values;

pub use catch_up::{CatchUp, Reach};
pub use days::Days;
pub use dimension::Dimension;
pub use event::{Event, Occurred};
pub use facts::{Fact, facts};
pub use happening::{Analysis, Happening, Money, Outcome};
pub use metrics::{Aggregation, Definition, Metric};
pub use projection::{Building, Generation, Projection, ProjectionName, ProjectionStatus};
pub use query::{Comparison, Condition, MAX_POINTS, Point, Query, Row};
pub use values::{ContactId, Label, Millionths, Resource};
