//! The customer-service API: sends a text once, and looks up whether a doubtful one arrived.
//!
//! One rule governs it: once the bytes of a send may have left, whatever is not a clear answer is
//! [`Outcome::Unknown`]. A clear no, such as a token that ran out, is the only thing that is tried again here.

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde_json::json;
use tokio::time::Instant;

use crate::channels::{
    outbound::{Doubt, Lookup, Outcome, Reason},
    reach::Reach,
};

mod answer;
mod record;
mod token;
mod transport;

use answer::{Answer, Verdict};
use record::Sought;
use token::Tokens;
use transport::{Failure, Request, Transport};

/// The platform's own address; a source may name another.
pub const DEFAULT_BASE_URL: &str = "https://api.weixin.qq.com";

/// How calls are made, whatever the account.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Which addresses may be called.
    pub reach: Reach,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for one call of this client, with every request it makes.
    pub total_timeout: Duration,
    /// Where access tokens come from.
    pub token_endpoint: TokenEndpoint,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reach: Reach::Public,
            connect_timeout: Duration::from_secs(3),
            total_timeout: Duration::from_secs(10),
            token_endpoint: TokenEndpoint::Stable,
        }
    }
}

/// Where access tokens come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenEndpoint {
    /// `POST /cgi-bin/stable_token`: every process gets the same token, and the secret stays out of the address.
    Stable,
    /// `GET /cgi-bin/token`: every call ends the tokens of the calls before it, after some minutes.
    Classic,
}

/// An account as its API knows it.
#[derive(Clone)]
pub struct App {
    base_url: Url,
    app_id: String,
    secret: String,
}

/// A setting of an account that no call could be made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`base_url` must be an http or https address without user, query or fragment")]
pub struct BadBaseUrl;

impl App {
    /// Parses the settings of an account.
    pub fn parse(base_url: &str, app_id: &str, secret: &str) -> Result<Self, BadBaseUrl> {
        let base_url: Url = base_url.trim_end_matches('/').parse().map_err(|_| BadBaseUrl)?;
        let is_plain = base_url.username().is_empty()
            && base_url.password().is_none()
            && base_url.query().is_none()
            && base_url.fragment().is_none();
        match matches!(base_url.scheme(), "http" | "https") && base_url.has_host() && is_plain {
            true => Ok(Self { base_url, app_id: app_id.to_owned(), secret: secret.to_owned() }),
            false => Err(BadBaseUrl),
        }
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        url.set_path(&format!("{}{path}", self.base_url.path().trim_end_matches('/')));
        url
    }
}

/// Secrets never reach a log by accident.
impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("app_id", &self.app_id).finish_non_exhaustive()
    }
}

/// The client. One per process: it keeps the connections, and one access token per account.
pub struct Client {
    transport: Transport,
    tokens: Tokens,
    total_timeout: Duration,
}

impl Client {
    /// Fails when the machine's certificates cannot be read.
    pub fn new(settings: &Settings) -> Result<Self, reqwest::Error> {
        let tokens = Tokens::new(settings.token_endpoint);
        let transport = Transport::new(settings)?;
        Ok(Self { transport, tokens, total_timeout: settings.total_timeout })
    }

    /// Sends a text of at most [`super::MAX_TEXT_BYTES`] to a follower.
    ///
    /// Dropping the future before it ends leaves the outcome unknown.
    pub async fn send_text(&self, app: &App, openid: &str, text: &str) -> Outcome {
        let request = Request {
            path: "/cgi-bin/message/custom/send",
            body: json!({ "touser": openid, "msgtype": "text", "text": { "content": text } }),
            max_answer_bytes: 64 * 1024,
        };
        let deadline = Instant::now() + self.total_timeout;
        match self.authorized(app, &request, deadline).await {
            Ok(answer) => outcome(&answer),
            Err(Failure::NotSent(cause)) => Outcome::NotSent(cause),
            Err(Failure::Throttled(retry_after)) => Outcome::Throttled { retry_after },
            Err(Failure::Denied { code, reason }) => Outcome::Refused { code, reason },
            Err(Failure::Doubtful(doubt)) => Outcome::Unknown(doubt),
        }
    }

    /// Looks for a text in the account's record of sent messages, from a minute before an attempt to ten after it.
    ///
    /// A text on record was sent. One that is absent may still have been: the provider does not promise that its
    /// record is complete, or when. Never fails: what cannot be read is [`Lookup::Unavailable`].
    pub async fn look_up(
        &self,
        app: &App,
        openid: &str,
        text: &str,
        attempted: DateTime<Utc>,
    ) -> Lookup {
        let deadline = Instant::now() + self.total_timeout;
        let sought = Sought { openid, text, attempted };
        match record::count(self, app, &sought, deadline).await {
            Some(0) => Lookup::Absent,
            Some(count) => Lookup::Recorded { count },
            None => Lookup::Unavailable,
        }
    }

    /// Calls with a token, and once more with a new one when the platform says that the first has ended.
    async fn authorized(
        &self,
        app: &App,
        request: &Request,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let token = self.tokens.current(&self.transport, app, deadline).await?;
        let answer = self.transport.post(app, &token, request, deadline).await?;
        if answer.verdict() != Some(Verdict::TokenEnded) {
            return Ok(answer);
        }
        let token = self.tokens.renew(&self.transport, app, &token, deadline).await?;
        self.transport.post(app, &token, request, deadline).await
    }
}

fn outcome(answer: &Answer) -> Outcome {
    let (Some(code), Some(verdict)) = (answer.code, answer.verdict()) else {
        return Outcome::Unknown(Doubt::UnreadableAnswer);
    };
    match verdict {
        Verdict::Done => Outcome::Sent { provider_id: answer.message_id() },
        Verdict::Throttled(retry_after) => Outcome::Throttled { retry_after },
        Verdict::Refused(reason) => Outcome::Refused { code, reason },
        // The second token in a row: the account is at fault, not the token.
        Verdict::TokenEnded => Outcome::Refused { code, reason: Reason::WrongCredentials },
        Verdict::Doubtful(doubt) => Outcome::Unknown(doubt),
    }
}
