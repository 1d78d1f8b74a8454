//! Proto ⇄ domain, nowhere else.

mod happening;
mod query;

use chassis::malformed::Malformed;
use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use proto::analytics::v1 as pb;

use crate::{
    domain::{Metric, Point, ProjectionName, ProjectionStatus, Query, Row},
    error::{Error, Result},
};

pub use happening::{HEARD, happening};
pub use query::{days, metric, query};

/// Names the field that a malformed value came from.
pub fn field<T>(field: &'static str, value: std::result::Result<T, Malformed>) -> Result<T> {
    value.map_err(|problem| Error::InvalidField { field, problem })
}

/// Reads `projections/{projection}`, or [`Error::ProjectionNotFound`].
pub fn projection_name(name: &str) -> Result<ProjectionName> {
    const SHAPE: &str = "must look like `projections/{projection}`";
    let id = field("name", id_of(name, "projections", SHAPE))?;
    ProjectionName::parse(id).ok_or_else(|| Error::ProjectionNotFound(id.to_owned()))
}

/// The id in a name of `collection`: a word, so that it may be repeated in an answer.
fn id_of<'a>(
    name: &'a str,
    collection: &str,
    shape: &'static str,
) -> std::result::Result<&'a str, Malformed> {
    let is_word = |id: &&str| {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        (1..=63).contains(&id.len()) && id.bytes().all(is_plain)
    };
    let id = name.strip_prefix(collection).and_then(|rest| rest.strip_prefix('/'));
    id.filter(is_word).ok_or(Malformed(shape))
}

/// Words a time for the wire.
pub fn time(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default();
    Timestamp { seconds: time.timestamp(), nanos }
}

/// Words what a metric means.
pub fn definition_to_pb(metric: Metric) -> pb::MetricDefinition {
    let definition = metric.definition();
    let dimensions = definition.dimensions.iter().map(|it| it.name().to_owned());
    pb::MetricDefinition {
        name: format!("metrics/{}", metric.id()),
        version: definition.version,
        display_name: definition.display_name.to_owned(),
        formula: definition.formula.to_owned(),
        dimensions: dimensions.collect(),
        unit: definition.unit.to_owned(),
    }
}

/// Words a number.
pub fn point_to_pb(query: &Query, point: Point) -> pb::MetricPoint {
    let names = query.dimensions.iter().map(|it| it.name().to_owned());
    pb::MetricPoint {
        value: query.metric.number(point.total, point.rows),
        row_count: point.rows,
        date: point.day,
        dimensions: names.zip(point.labels).collect(),
    }
}

/// Words a row behind a number.
pub fn row_to_pb(metric: Metric, row: Row) -> pb::MetricRow {
    let labels = row.labels.into_iter();
    pb::MetricRow {
        event_id: row.event_id.to_string(),
        resource: row.resource,
        contact: row.contact,
        event_time: Some(time(row.event_time)),
        value: metric.share(row.value),
        dimensions: labels.map(|(it, label)| (it.name().to_owned(), label)).collect(),
    }
}

/// Words a projection.
pub fn projection_to_pb(status: ProjectionStatus) -> pb::Projection {
    let projection = status.projection;
    let state = match projection.building {
        None => pb::projection::State::Live,
        Some(_) => pb::projection::State::Rebuilding,
    };
    pb::Projection {
        name: projection.name.to_string(),
        state: state.into(),
        lag_events: i64::try_from(status.lag_events).unwrap_or(i64::MAX),
        lag_seconds: status.lag.as_secs_f64(),
        row_count: status.row_count,
        generation: projection.live.0,
        rebuild_time: projection.rebuild_time.map(time),
    }
}
