//! What a provider, or whoever pretends to be one, is told: a status and a short stable word.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::channels::{inbound::Refusal, wechat};

/// How a webhook ends.
#[derive(Debug)]
pub(super) enum Answer {
    /// It is stored.
    Acknowledged,
    /// The provider tried the webhook and reads this back.
    Greeting(String),
    /// Verification turned it away.
    Refused(Refusal),
    /// The body is longer than any of a provider.
    TooLarge,
    /// There is no such source, or not any more.
    NoSource,
    /// The body did not come in time.
    Late,
    /// The body broke off.
    Broken,
    /// Not now: too many at once, or the database is away. The provider tries again.
    Busy,
}

/// Writes an answer.
pub(super) fn answer(answer: Answer) -> Response {
    // What is left of a body nobody read ends the connection: said, so that no next request is sent into its end.
    let is_unread = match &answer {
        Answer::TooLarge | Answer::NoSource | Answer::Late | Answer::Broken => true,
        Answer::Acknowledged | Answer::Greeting(_) | Answer::Refused(_) | Answer::Busy => false,
    };
    let (status, text) = match answer {
        Answer::Acknowledged => (StatusCode::OK, wechat::ACKNOWLEDGEMENT.to_owned()),
        Answer::Greeting(echo) => (StatusCode::OK, echo),
        Answer::Refused(refusal) => {
            let (status, reason) = reason(refusal);
            (status, reason.to_owned())
        }
        Answer::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE".to_owned()),
        Answer::NoSource => (StatusCode::NOT_FOUND, "SOURCE_NOT_FOUND".to_owned()),
        Answer::Late => (StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW".to_owned()),
        Answer::Broken => (StatusCode::BAD_REQUEST, "BODY_BROKEN".to_owned()),
        Answer::Busy => (StatusCode::SERVICE_UNAVAILABLE, "TRY_AGAIN".to_owned()),
    };
    let mut response = (status, text).into_response();
    // The greeting repeats what a stranger sent: no browser may take it for a page.
    let nosniff = HeaderValue::from_static("nosniff");
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    if is_unread {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// Enough for an operator to mend a setting, nothing for a stranger to probe with: whatever is wrong inside the
/// payload has one name.
fn reason(refusal: Refusal) -> (StatusCode, &'static str) {
    match refusal {
        Refusal::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE"),
        Refusal::Malformed(_) => (StatusCode::FORBIDDEN, "REQUEST_MALFORMED"),
        Refusal::WrongSignature => (StatusCode::FORBIDDEN, "SIGNATURE_INVALID"),
        Refusal::Stale => (StatusCode::FORBIDDEN, "TIMESTAMP_STALE"),
        Refusal::NotEncrypted
        | Refusal::KeyMissing
        | Refusal::Undecryptable(_)
        | Refusal::WrongReceiver => (StatusCode::FORBIDDEN, "PAYLOAD_REFUSED"),
    }
}
