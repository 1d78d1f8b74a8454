//! Builds gRPC statuses that always carry `ErrorInfo`, so that a service only has to name its reasons.

use std::{collections::HashMap, fmt::Display, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::{
    command::CommandError,
    database::DbFailure,
    filter::BadFilter,
    malformed::Malformed,
    mask::UnknownPath,
    page::{BadPage, BadPageToken},
};

/// Groups the reasons that the chassis gives on behalf of every service.
pub const DOMAIN: &str = "chassis.kith";

/// When a caller may ask again after an outage of the database.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// A status in the making. Ends with [`build`](Self::build), or with `into()`.
#[derive(Debug)]
#[must_use]
pub struct StatusBuilder {
    code: Code,
    reason: &'static str,
    domain: &'static str,
    message: String,
    metadata: HashMap<String, String>,
    details: ErrorDetails,
}

/// Begins a status: clients match on (`domain`, `reason`), people read `message`.
pub fn with(
    code: Code,
    domain: &'static str,
    reason: &'static str,
    message: impl Display,
) -> StatusBuilder {
    StatusBuilder {
        code,
        reason,
        domain,
        message: message.to_string(),
        metadata: HashMap::new(),
        details: ErrorDetails::new(),
    }
}

/// Begins `INVALID_ARGUMENT` / `INVALID_FIELD`: one field of the request does not have its shape.
pub fn invalid_field(domain: &'static str, field: &str, problem: Malformed) -> StatusBuilder {
    with(Code::InvalidArgument, domain, "INVALID_FIELD", format_args!("`{field}` {problem}"))
        .metadata("field", field)
        .violation(field, problem)
}

/// Begins `NOT_FOUND` for the resource `name` of `kind`, as in `kith.customer.v1.Contact`.
pub fn not_found(
    domain: &'static str,
    reason: &'static str,
    kind: &'static str,
    name: impl Display,
) -> StatusBuilder {
    with(Code::NotFound, domain, reason, format_args!("`{name}` does not exist"))
        .metadata("name", &name)
        .resource(kind, name)
}

impl StatusBuilder {
    /// Repeats a changing part of the message, so that no client has to parse it (AIP-193).
    pub fn metadata(mut self, key: &str, value: impl Display) -> Self {
        self.metadata.insert(key.to_owned(), value.to_string());
        self
    }

    /// Names a field of the request and what is wrong with it.
    pub fn violation(mut self, field: &str, problem: impl Display) -> Self {
        self.details.add_bad_request_violation(field, problem.to_string());
        self
    }

    /// Names the resource that the request was about.
    pub fn resource(mut self, kind: &str, name: impl Display) -> Self {
        self.details.set_resource_info(kind, name.to_string(), "", "");
        self
    }

    /// Says when asking again makes sense.
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.details.set_retry_info(Some(delay));
        self
    }

    /// Ends the status.
    pub fn build(self) -> Status {
        let Self { code, reason, domain, message, metadata, mut details } = self;
        details.set_error_info(reason, domain, metadata);
        Status::with_error_details(code, message, details)
    }
}

impl From<StatusBuilder> for Status {
    fn from(status: StatusBuilder) -> Self {
        status.build()
    }
}

/// The one place that logs a failure of the database; the caller learns only whether to try again.
impl From<DbFailure> for Status {
    fn from(failure: DbFailure) -> Self {
        if failure.is_transient() {
            tracing::warn!(error = %failure, "database is not available");
            return with(Code::Unavailable, DOMAIN, "DATABASE_UNAVAILABLE", "try again")
                .retry_after(RETRY_DELAY)
                .build();
        }
        if failure.is_unstorable_text() {
            return with(
                Code::InvalidArgument,
                DOMAIN,
                "INVALID_TEXT",
                "a text must not contain NUL",
            )
            .build();
        }
        tracing::error!(error = %failure, "request failed");
        with(Code::Internal, DOMAIN, "INTERNAL", "internal error").build()
    }
}

impl From<CommandError> for Status {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Reused => {
                with(Code::InvalidArgument, DOMAIN, "REQUEST_ID_REUSED", &error)
                    .violation("request_id", "came before with another request")
                    .build()
            }
            CommandError::Db(failure) => failure.into(),
        }
    }
}

impl From<BadPageToken> for Status {
    fn from(error: BadPageToken) -> Self {
        with(Code::InvalidArgument, DOMAIN, "PAGE_TOKEN_INVALID", error)
            .violation("page_token", "does not continue this list")
            .build()
    }
}

impl From<BadPage> for Status {
    fn from(error: BadPage) -> Self {
        match error {
            BadPage::Size(problem) => invalid_field(DOMAIN, "page_size", problem).build(),
            BadPage::Token(error) => error.into(),
        }
    }
}

impl From<UnknownPath> for Status {
    fn from(error: UnknownPath) -> Self {
        with(Code::InvalidArgument, DOMAIN, "MASK_PATH_UNKNOWN", error)
            .metadata("position", error.position)
            .violation("update_mask", error.problem())
            .build()
    }
}

impl From<BadFilter> for Status {
    fn from(error: BadFilter) -> Self {
        with(Code::InvalidArgument, DOMAIN, "FILTER_INVALID", error)
            .violation("filter", error)
            .build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_code_a_reason_and_names_its_field() {
        #[track_caller]
        fn check(status: impl Into<Status>, code: Code, reason: &str, field: Option<&str>) {
            let status = status.into();
            let details = status.get_error_details();
            let named = details.bad_request().map(|it| it.field_violations[0].field.clone());
            assert_eq!(status.code(), code);
            assert_eq!(details.error_info().unwrap().reason, reason);
            assert_eq!(named.as_deref(), field);
        }

        let invalid = Code::InvalidArgument;
        check(CommandError::Reused, invalid, "REQUEST_ID_REUSED", Some("request_id"));
        check(BadPageToken, invalid, "PAGE_TOKEN_INVALID", Some("page_token"));
        check(UnknownPath { position: 2 }, invalid, "MASK_PATH_UNKNOWN", Some("update_mask"));
        check(BadFilter::TooLong, invalid, "FILTER_INVALID", Some("filter"));
        check(
            invalid_field("test.kith", "email", Malformed("must not be empty")),
            invalid,
            "INVALID_FIELD",
            Some("email"),
        );
        check(DbFailure::unreadable(), Code::Internal, "INTERNAL", None);
    }

    #[test]
    fn a_missing_resource_is_named_in_the_details() {
        let status =
            not_found("test.kith", "CONTACT_NOT_FOUND", "test.Contact", "contacts/1").build();

        let details = status.get_error_details();
        assert_eq!(status.message(), "`contacts/1` does not exist");
        assert_eq!(details.resource_info().unwrap().resource_name, "contacts/1");
        assert_eq!(details.error_info().unwrap().metadata["name"], "contacts/1");
    }
}
