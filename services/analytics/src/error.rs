//! Every way a request to this service can fail, named by what the caller can do about it.

use bus::log::LogError;
use chassis::{
    command::CommandError, database::DbFailure, filter::BadFilter, malformed::Malformed,
    page::BadPage,
};
use sea_orm::DbErr;

use crate::domain::{MAX_POINTS, Metric, ProjectionName};

/// What the methods of this service return when they fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Every way a request can fail.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field of the request does not have its shape.
    #[error("`{field}` {problem}")]
    InvalidField {
        /// The field as the request names it.
        field: &'static str,
        /// What is wrong with it.
        problem: Malformed,
    },

    /// There is no metric of that id.
    #[error("`metrics/{0}` does not exist")]
    MetricNotFound(String),

    /// The metric cannot be grouped or filtered by that.
    #[error("`{field}` names a dimension that `metrics/{}` does not have", .metric.id())]
    DimensionUnknown {
        /// Where it is named.
        field: &'static str,
        /// The metric.
        metric: Metric,
    },

    /// The answer would be too long.
    #[error("more than {MAX_POINTS} points would come out: ask for fewer days or dimensions")]
    TooManyPoints,

    /// There is no projection of that id.
    #[error("`projections/{0}` does not exist")]
    ProjectionNotFound(String),

    /// The projection is being built again already.
    #[error("`{0}` is being built again already")]
    RebuildRunning(ProjectionName),

    /// The page cannot be read.
    #[error(transparent)]
    BadPage(#[from] BadPage),

    /// The filter cannot be read.
    #[error(transparent)]
    BadFilter(#[from] BadFilter),

    /// The request id came before with another request, or the database failed under it.
    #[error(transparent)]
    Command(#[from] CommandError),

    /// The log cannot be asked how long it is.
    #[error("the event log is not available: try again")]
    Log(#[from] LogError),

    /// The database failed.
    #[error("internal error")]
    Db(#[from] DbFailure),
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Db(error.into())
    }
}
