//! Every answer the chassis itself gives instead of a service, and the one place that knows their codes.

use std::{collections::HashMap, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::authn::Unauthenticated;

/// Groups the reasons below. Clients match on (domain, reason), never on the message.
pub(crate) const DOMAIN: &str = "chassis.kith";

/// Why a request did not reach, or did not come back from, a service.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Unauthenticated(#[from] Unauthenticated),

    #[error("the signing keys of the token's issuer cannot be read at the moment")]
    KeysUnavailable,

    #[error("the caller has no role with the permission `{permission}`")]
    PermissionDenied { permission: &'static str },

    #[error("no permission is defined for this method")]
    MethodUnknown,

    #[error("the server is at its limit of concurrent requests")]
    Overloaded { retry_after: Duration },

    #[error("the deadline has passed")]
    DeadlineExceeded,

    #[error("a message may have at most {limit} bytes")]
    MessageTooLarge { limit: usize },

    #[error("cannot reach `{target}`")]
    Unreachable { target: String },

    #[error("the service's own token cannot be read at the moment")]
    TokenUnavailable,

    #[error("internal error")]
    Panicked,
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let (code, reason) = match &refusal {
            Refusal::Unauthenticated(problem) => (Code::Unauthenticated, problem.reason()),
            Refusal::KeysUnavailable => (Code::Unavailable, "KEYS_UNAVAILABLE"),
            Refusal::PermissionDenied { .. } => (Code::PermissionDenied, "PERMISSION_DENIED"),
            Refusal::MethodUnknown => (Code::PermissionDenied, "METHOD_UNKNOWN"),
            Refusal::Overloaded { .. } => (Code::Unavailable, "OVERLOADED"),
            Refusal::DeadlineExceeded => (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
            Refusal::MessageTooLarge { .. } => (Code::ResourceExhausted, "MESSAGE_TOO_LARGE"),
            Refusal::Unreachable { .. } => (Code::Unavailable, "UNREACHABLE"),
            Refusal::TokenUnavailable => (Code::Unavailable, "TOKEN_UNAVAILABLE"),
            Refusal::Panicked => (Code::Internal, "INTERNAL"),
        };
        let mut details = ErrorDetails::with_error_info(reason, DOMAIN, metadata(&refusal));
        if let Refusal::Overloaded { retry_after } = &refusal {
            details.set_retry_info(Some(*retry_after));
        }
        Status::with_error_details(code, refusal.to_string(), details)
    }
}

/// Returns the changing parts of the message, so that no client has to parse it.
fn metadata(refusal: &Refusal) -> HashMap<String, String> {
    let changing = match refusal {
        Refusal::PermissionDenied { permission } => Some(("permission", permission.to_string())),
        Refusal::MessageTooLarge { limit } => Some(("limit_bytes", limit.to_string())),
        Refusal::Unreachable { target } => Some(("target", target.clone())),
        Refusal::Unauthenticated(_)
        | Refusal::KeysUnavailable
        | Refusal::MethodUnknown
        | Refusal::Overloaded { .. }
        | Refusal::DeadlineExceeded
        | Refusal::TokenUnavailable
        | Refusal::Panicked => None,
    };
    changing.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}
