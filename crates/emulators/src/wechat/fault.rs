//! The ways the emulator breaks on command.

use std::time::Duration;

/// A group of paths that break, and are counted, together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `GET /cgi-bin/token` and `POST /cgi-bin/stable_token`.
    Token,
    /// `POST /cgi-bin/message/custom/send`.
    Send,
    /// `POST /customservice/msgrecord/getmsglist`.
    Records,
}

/// Whether the call took effect before its answer broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Nothing happened: a resend would be right, but the client cannot know.
    BeforeRecording,
    /// The message went out: a resend would be a second message.
    AfterRecording,
}

/// One way to break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The presented token runs out now: 42001, and again until a new one is fetched.
    TokenExpired,
    /// The presented token is forgotten: 40001, and again until a new one is fetched.
    TokenInvalid,
    /// Answers this error code and does nothing. The token, if it was right, stays right.
    Refuse(i64),
    /// Does the work, then takes this long to answer.
    Delay(Duration),
    /// Closes the connection instead of answering.
    Cut(When),
    /// Answers 502 with a page of HTML.
    ServerError(When),
    /// Answers 200 with a page of HTML.
    NotJson(When),
    /// Sends the head and half of the body, then closes the connection.
    Truncated(When),
    /// Answers with well-formed JSON of several megabytes.
    Oversized(When),
    /// Answers 429 with `Retry-After` in seconds, and does nothing.
    TooManyRequests(u64),
}

impl Fault {
    /// "response out of time limit or subscription is canceled".
    pub const WINDOW_CLOSED: Self = Self::Refuse(45015);
    /// "out of response count limit".
    pub const QUOTA_EXCEEDED: Self = Self::Refuse(45047);
    /// "reach max api daily quota limit".
    pub const DAILY_LIMIT: Self = Self::Refuse(45009);
    /// "api minute-quota reach limit, must slower, retry next minute".
    pub const RATE_LIMITED: Self = Self::Refuse(45011);
    /// "system error": the provider asks to try later, and does not say whether it did anything.
    pub const BUSY: Self = Self::Refuse(-1);
}
