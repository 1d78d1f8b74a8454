//! A question about a metric, and what answers it: points, and the rows behind them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Days, Dimension, Metric};

/// Most points that one answer may have.
pub const MAX_POINTS: usize = 10_000;

/// Which rows of which metric, and by what to group them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The metric.
    pub metric: Metric,
    /// The days.
    pub days: Days,
    /// Whether each day has points of its own.
    pub is_by_day: bool,
    /// The dimensions to group by, each once.
    pub dimensions: Vec<Dimension>,
    /// What rows must meet, all of it.
    pub conditions: Vec<Condition>,
}

/// What the label of a dimension must be, or must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The dimension.
    pub dimension: Dimension,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub value: String,
}

/// How a label is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// It is the value.
    Is,
    /// It is any other.
    IsNot,
}

/// One number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The day; empty if days are not told apart.
    pub day: String,
    /// The labels of the dimensions grouped by, in the order they were asked for.
    pub labels: Vec<String>,
    /// The values of its rows, added up.
    pub total: i128,
    /// How many rows there are.
    pub rows: i64,
}

/// One row behind a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The event.
    pub event_id: Uuid,
    /// What it happened to.
    pub resource: String,
    /// Whom it concerns; may be empty.
    pub contact: String,
    /// When it happened.
    pub event_time: DateTime<Utc>,
    /// What it adds, in the metric's own steps.
    pub value: i64,
    /// The labels of the metric's dimensions.
    pub labels: BTreeMap<Dimension, String>,
}
