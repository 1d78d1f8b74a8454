//! Error → gRPC status: the one place of this service that knows codes.

use std::time::Duration;

use chassis::status;
use tonic::{Code, Status};

use crate::{domain::MAX_POINTS, error::Error};

/// Groups the reasons below. Clients match on (domain, reason), never on the message.
const DOMAIN: &str = "analytics.kith";

/// When a caller may ask again after an outage of the log.
const RETRY_DELAY: Duration = Duration::from_secs(1);

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let with = |code, reason| status::with(code, DOMAIN, reason, &message);
        let builder = match error {
            Error::InvalidField { field, problem } => status::invalid_field(DOMAIN, field, problem),
            Error::MetricNotFound(id) => status::not_found(
                DOMAIN,
                "METRIC_NOT_FOUND",
                "kith.analytics.v1.MetricDefinition",
                format_args!("metrics/{id}"),
            ),
            Error::DimensionUnknown { field, metric } => {
                let dimensions: Vec<_> =
                    metric.definition().dimensions.iter().map(|it| it.name()).collect();
                with(Code::InvalidArgument, "DIMENSION_UNKNOWN")
                    .metadata("metric", format_args!("metrics/{}", metric.id()))
                    .metadata("dimensions", dimensions.join(","))
                    .violation(field, "names a dimension that the metric does not have")
            }
            Error::TooManyPoints => with(Code::InvalidArgument, "TOO_MANY_POINTS")
                .metadata("max_points", MAX_POINTS)
                .violation("end_date", "makes too long a range"),
            Error::ProjectionNotFound(id) => status::not_found(
                DOMAIN,
                "PROJECTION_NOT_FOUND",
                "kith.analytics.v1.Projection",
                format_args!("projections/{id}"),
            ),
            Error::RebuildRunning(name) => with(Code::FailedPrecondition, "REBUILD_RUNNING")
                .metadata("name", name)
                .resource("kith.analytics.v1.Projection", name),
            Error::BadPage(error) => return error.into(),
            Error::BadFilter(error) => return error.into(),
            Error::Command(error) => return error.into(),
            Error::Log(cause) => {
                tracing::warn!(error = %cause, "event log cannot be asked");
                with(Code::Unavailable, "LOG_UNAVAILABLE").retry_after(RETRY_DELAY)
            }
            Error::Db(failure) => return failure.into(),
        };
        builder.build()
    }
}
