//! What the platform's answers mean. Errors come in answers of status 200, as numbers.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::channels::outbound::{Doubt, Reason};

/// How long to wait after "reach max api daily quota limit": nobody is told when the platform's day ends.
const DAILY_LIMIT_PAUSE: Duration = Duration::from_secs(60 * 60);

/// How long to wait after "must slower, retry next minute".
const MINUTE_LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// An answer that is a JSON object.
pub(super) struct Answer {
    /// `errcode`; most calls leave it out when they succeed.
    pub(super) code: Option<i64>,
    /// The platform's name of the request, which its support asks for.
    pub(super) request_id: Option<String>,
    body: Vec<u8>,
}

#[derive(Deserialize)]
struct Head {
    errcode: Option<i64>,
    errmsg: Option<String>,
}

#[derive(Deserialize)]
struct Sent {
    msgid: Option<Value>,
}

impl Answer {
    /// `None` when it is no JSON object.
    pub(super) fn read(body: Vec<u8>) -> Option<Self> {
        let head: Head = serde_json::from_slice(&body).ok()?;
        let request_id = head.errmsg.as_deref().and_then(request_id);
        Some(Self { code: head.errcode, request_id, body })
    }

    /// What the code means; `None` without a code.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.code.map(verdict)
    }

    /// Reads the answer's own fields; `None` when they are not as documented.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The id of a sent message. This API gives none today; others of the platform do.
    pub(super) fn message_id(&self) -> Option<String> {
        match self.parse::<Sent>()?.msgid? {
            Value::Number(id) => Some(id.to_string()),
            Value::String(id) if id.len() <= 64 => Some(id),
            Value::String(_)
            | Value::Null
            | Value::Bool(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }
}

/// What a code means for the message that was to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It went out.
    Done,
    /// The access token has ended; nothing went out.
    TokenEnded,
    /// Not now.
    Throttled(Duration),
    /// No.
    Refused(Reason),
    /// Neither yes nor no.
    Doubtful(Doubt),
}

/// Reads a code of the platform's list of global return codes.
pub(super) fn verdict(code: i64) -> Verdict {
    match code {
        0 => Verdict::Done,
        -1 => Verdict::Doubtful(Doubt::Busy),
        40001 | 40014 | 41001 | 42001 => Verdict::TokenEnded,
        45009 => Verdict::Throttled(DAILY_LIMIT_PAUSE),
        45011 => Verdict::Throttled(MINUTE_LIMIT_PAUSE),
        45015 => Verdict::Refused(Reason::WindowClosed),
        45047 => Verdict::Refused(Reason::QuotaExceeded),
        40003 | 43004 | 43019 | 48002 => Verdict::Refused(Reason::RecipientUnavailable),
        45002 => Verdict::Refused(Reason::TooLong),
        87009 | 87014 => Verdict::Refused(Reason::ForbiddenContent),
        40164 | 48001 | 48004 | 50002 | 61004 | 65400 => Verdict::Refused(Reason::NotPermitted),
        40013 | 40125 | 40243 | 41002 | 41004 => Verdict::Refused(Reason::WrongCredentials),
        _ => Verdict::Refused(Reason::Other),
    }
}

/// Takes `5f3b…` out of `… rid: 5f3b…`; only hexadecimal digits and dashes, so that nothing else gets into a log.
fn request_id(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("rid: ")?;
    let id: String =
        rest.chars().take_while(|it| it.is_ascii_hexdigit() || *it == '-').take(64).collect();
    Some(id).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_read_and_nothing_else() {
        #[track_caller]
        fn check(message: &str, expected: Option<&str>) {
            assert_eq!(request_id(message).as_deref(), expected);
        }

        check("invalid openid rid: 5f3b8c2a-6d1e4f70", Some("5f3b8c2a-6d1e4f70"));
        check("invalid openid rid: 5f3b8c2a of 李雷", Some("5f3b8c2a"));
        check("invalid openid rid: 李雷", None);
        check("ok", None);
    }

    #[test]
    fn only_objects_are_answers() {
        #[track_caller]
        fn check(body: &str, expected: Option<Option<i64>>) {
            assert_eq!(Answer::read(body.into()).map(|answer| answer.code), expected, "{body}");
        }

        check(r#"{"errcode":0,"errmsg":"ok"}"#, Some(Some(0)));
        check(r#"{"access_token":"t","expires_in":7200}"#, Some(None));
        check("<html></html>", None);
        check("", None);
        check("0", None);
        check(r#"{"errcode":"0"}"#, None);
        check(r#"{"errcode":0"#, None);
    }
}
