//! How a handler fails, named by what the consumer does about it.

use std::fmt;

use chassis::database::DbFailure;
use sea_orm::DbErr;
use tonic::Code;

/// Why an event could not be handled. The texts never hold personal data: they are stored and logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// An outage: pause the partition, back off, try again for as long as it takes.
    #[error("retry: {0}")]
    Retry(String),
    /// An event nobody can ever read: to the dead-letter topic at once, the rest goes on.
    #[error("reject: {0}")]
    Reject(String),
    /// Poison: five tries, then the key is parked and what follows waits behind it.
    #[error("fail: {0}")]
    Fail(String),
}

impl Failure {
    /// An outage.
    pub fn retry(reason: impl fmt::Display) -> Self {
        Self::Retry(bounded(reason))
    }

    /// An event nobody can read.
    pub fn reject(reason: impl fmt::Display) -> Self {
        Self::Reject(bounded(reason))
    }

    /// An event that this handler cannot handle as things stand.
    pub fn fail(reason: impl fmt::Display) -> Self {
        Self::Fail(bounded(reason))
    }

    /// The reason alone.
    pub fn reason(&self) -> &str {
        match self {
            Self::Retry(reason) | Self::Reject(reason) | Self::Fail(reason) => reason,
        }
    }
}

/// Longest reason that is stored; the rest is cut.
const MAX_REASON_CHARS: usize = 500;

fn bounded(reason: impl fmt::Display) -> String {
    let mut reason = reason.to_string();
    if let Some((cut, _)) = reason.char_indices().nth(MAX_REASON_CHARS) {
        reason.truncate(cut);
    }
    reason
}

/// A database that is away is an outage; one that refuses is a failure of this event.
impl From<DbFailure> for Failure {
    fn from(failure: DbFailure) -> Self {
        if failure.is_transient() { Self::retry(failure) } else { Self::fail(failure) }
    }
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        DbFailure::from(error).into()
    }
}

/// A call that may succeed later is an outage. Only the code is kept: a message may quote anything.
impl From<tonic::Status> for Failure {
    fn from(status: tonic::Status) -> Self {
        let reason = format!("call answered {:?}", status.code());
        match status.code() {
            Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::ResourceExhausted
            | Code::Aborted
            | Code::Unauthenticated => Self::retry(reason),
            Code::Ok
            | Code::Unknown
            | Code::InvalidArgument
            | Code::NotFound
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::FailedPrecondition
            | Code::OutOfRange
            | Code::Unimplemented
            | Code::Internal
            | Code::DataLoss => Self::fail(reason),
        }
    }
}

/// Takes "there is no such thing" for the answer it is to a handler that asked; other failures stay failures.
pub fn found<T>(answer: Result<tonic::Response<T>, tonic::Status>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(response) => Ok(Some(response.into_inner())),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(status.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_by_itself_is_retried() {
        assert_eq!(
            Failure::from(tonic::Status::unavailable("x")),
            Failure::Retry("call answered Unavailable".into()),
        );
        assert_eq!(
            Failure::from(tonic::Status::not_found("ada@example.com")),
            Failure::Fail("call answered NotFound".into()),
        );
    }

    #[test]
    fn a_reason_is_cut_at_its_bound() {
        let failure = Failure::fail("字".repeat(10_000));

        assert_eq!(failure.reason().chars().count(), MAX_REASON_CHARS);
    }
}
