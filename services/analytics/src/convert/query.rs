//! Requests about metrics → questions: names, days, dimensions and filters.

use chassis::filter::{self, BadFilter, Op, Term};

use super::field;
use crate::{
    domain::{Comparison, Condition, Days, Dimension, Metric, Query},
    error::{Error, Result},
};

/// What `group_by` calls the day.
const DATE: &str = "date";

/// Reads `metrics/{metric}`, or [`Error::MetricNotFound`].
pub fn metric(name: &str) -> Result<Metric> {
    let id = field("metric", super::id_of(name, "metrics", "must look like `metrics/{metric}`"))?;
    Metric::parse(id).ok_or_else(|| Error::MetricNotFound(id.to_owned()))
}

/// Reads a first and a last day.
pub fn days(start_date: &str, end_date: &str) -> Result<Days> {
    let first = field("start_date", Days::day(start_date))?;
    let last = field("end_date", Days::day(end_date))?;
    field("end_date", Days::new(first, last))
}

/// Reads a question. What a metric must not be added across is grouped by although nobody asked.
pub fn query(metric: Metric, days: Days, group_by: &[String], filter: &str) -> Result<Query> {
    let mut is_by_day = false;
    let mut dimensions = Vec::new();
    let unknown = Error::DimensionUnknown { field: "group_by", metric };
    for name in group_by {
        match Dimension::parse(name).filter(|dimension| metric.has(*dimension)) {
            Some(dimension) if !dimensions.contains(&dimension) => dimensions.push(dimension),
            Some(_) => (),
            None if name == DATE => is_by_day = true,
            None => return Err(unknown),
        }
    }
    for dimension in metric.definition().always_by {
        if !dimensions.contains(dimension) {
            dimensions.push(*dimension);
        }
    }
    let conditions = conditions(metric, filter)?;
    Ok(Query { metric, days, is_by_day, dimensions, conditions })
}

fn conditions(metric: Metric, filter: &str) -> Result<Vec<Condition>> {
    let unknown = || Error::DimensionUnknown { field: "filter", metric };
    let terms = match filter::parse(filter, Dimension::NAMES) {
        Ok(terms) => terms,
        Err(BadFilter::UnknownField(_)) => return Err(unknown()),
        Err(error) => return Err(error.into()),
    };
    terms
        .into_iter()
        .map(|term| {
            let dimension = Dimension::parse(term.field).filter(|it| metric.has(*it));
            let dimension = dimension.ok_or_else(unknown)?;
            let comparison = comparison(&term)?;
            Ok(Condition { dimension, comparison, value: term.value })
        })
        .collect()
}

fn comparison(term: &Term) -> Result<Comparison> {
    match term.op {
        Op::Eq => Ok(Comparison::Is),
        Op::Ne => Ok(Comparison::IsNot),
        Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Has => Err(term.refuse().into()),
    }
}
