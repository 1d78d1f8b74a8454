//! One request to the platform: bounded in time and size, and honest about what is not known when it fails.

use std::time::Duration;

use reqwest::{StatusCode, header, redirect, retry};
use serde_json::Value;
use tokio::time::Instant;
use tracing::{Instrument, Span, field};

use super::{App, Settings, answer::Answer, token::Token};
use crate::channels::{
    outbound::{Doubt, NotSent, Reason},
    reach::Reach,
};

/// Shorter than servers keep an idle connection, so that few sends meet one that is just being closed.
const IDLE_CONNECTION_TIMEOUT: Duration = Duration::from_secs(15);

/// Pause after a 429 that names none, and the longest pause that a 429 may ask for.
const DEFAULT_PAUSE: Duration = Duration::from_secs(60);
const MAX_PAUSE: Duration = Duration::from_secs(60 * 60);

/// A call with an access token.
pub(super) struct Request {
    pub(super) path: &'static str,
    pub(super) body: Value,
    pub(super) max_answer_bytes: usize,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request never left.
    NotSent(NotSent),
    /// Turned away at the door, or by the token endpoint; nothing went out.
    Throttled(Duration),
    /// No token for this account, now or later.
    Denied { code: i64, reason: Reason },
    /// The request may have left and may have been obeyed.
    Doubtful(Doubt),
}

pub(super) struct Transport {
    http: reqwest::Client,
    reach: Reach,
}

impl Transport {
    pub(super) fn new(settings: &Settings) -> Result<Self, reqwest::Error> {
        // Whoever installed a provider first has chosen for the process; a second choice changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(IDLE_CONNECTION_TIMEOUT)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .user_agent("kith");
        Ok(Self { http: settings.reach.guard(builder).build()?, reach: settings.reach })
    }

    /// Posts JSON in the name of an account.
    pub(super) async fn post(
        &self,
        app: &App,
        token: &Token,
        request: &Request,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let mut url = app.url(request.path);
        url.query_pairs_mut().append_pair("access_token", token.expose());
        let call = self.http.post(url).json(&request.body);
        self.call(app, request.path, call, request.max_answer_bytes, deadline).await
    }

    /// Asks for a token, by JSON.
    pub(super) async fn post_anonymous(
        &self,
        app: &App,
        path: &'static str,
        body: &Value,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let call = self.http.post(app.url(path)).json(body);
        self.call(app, path, call, MAX_TOKEN_ANSWER_BYTES, deadline).await
    }

    /// Asks for a token, by query.
    pub(super) async fn get_anonymous(
        &self,
        app: &App,
        path: &'static str,
        query: &[(&str, &str)],
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let mut url = app.url(path);
        url.query_pairs_mut().extend_pairs(query);
        self.call(app, path, self.http.get(url), MAX_TOKEN_ANSWER_BYTES, deadline).await
    }

    /// The span names the path and never the query, which holds secrets.
    async fn call(
        &self,
        app: &App,
        path: &'static str,
        call: reqwest::RequestBuilder,
        max_bytes: usize,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let span = tracing::info_span!(
            "call provider",
            otel.name = path,
            otel.kind = "client",
            server.address = app.base_url.host_str(),
            http.response.status_code = field::Empty,
            kith.wechat.errcode = field::Empty,
            kith.wechat.rid = field::Empty,
            "error.type" = field::Empty,
        );
        if !self.reach.allows(&app.base_url) {
            return Err(Failure::NotSent(NotSent::AddressForbidden));
        }
        let answered = exchange(call, max_bytes, deadline).instrument(span.clone()).await;
        match &answered {
            Ok(answer) => {
                span.record("kith.wechat.errcode", answer.code);
                span.record("kith.wechat.rid", answer.request_id.as_deref());
            }
            Err(failure) => {
                span.record("error.type", failure.name());
            }
        }
        answered
    }
}

/// A token and a number; an error and its explanation.
const MAX_TOKEN_ANSWER_BYTES: usize = 16 * 1024;

async fn exchange(
    call: reqwest::RequestBuilder,
    max_bytes: usize,
    deadline: Instant,
) -> Result<Answer, Failure> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Failure::NotSent(NotSent::OutOfTime));
    }
    let mut response = call.timeout(left).send().await.map_err(|error| failure(&error))?;
    let status = response.status();
    Span::current().record("http.response.status_code", status.as_u16());
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Failure::Throttled(pause(&response)));
    }
    if status.is_server_error() {
        return Err(Failure::Doubtful(Doubt::ServerError));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? {
        if max_bytes < body.len() + chunk.len() {
            return Err(Failure::Doubtful(Doubt::UnreadableAnswer));
        }
        body.extend_from_slice(&chunk);
    }
    match Answer::read(body) {
        Some(answer) if status.is_success() => Ok(answer),
        Some(_) | None => Err(Failure::Doubtful(Doubt::UnreadableAnswer)),
    }
}

/// Only a connection that was never made is sure to have carried nothing.
fn failure(error: &reqwest::Error) -> Failure {
    if error.is_connect() || error.is_builder() {
        Failure::NotSent(NotSent::Unreachable)
    } else if error.is_timeout() {
        Failure::Doubtful(Doubt::TimedOut)
    } else {
        Failure::Doubtful(Doubt::Cut)
    }
}

fn pause(response: &reqwest::Response) -> Duration {
    let seconds =
        response.headers().get(header::RETRY_AFTER).and_then(|it| it.to_str().ok()?.parse().ok());
    seconds.map_or(DEFAULT_PAUSE, Duration::from_secs).clamp(Duration::from_secs(1), MAX_PAUSE)
}

impl Failure {
    fn name(&self) -> &'static str {
        match self {
            Self::NotSent(_) => "not_sent",
            Self::Throttled(_) => "throttled",
            Self::Denied { .. } => "denied",
            Self::Doubtful(Doubt::TimedOut) => "timeout",
            Self::Doubtful(Doubt::Cut) => "cut",
            Self::Doubtful(Doubt::ServerError) => "server_error",
            Self::Doubtful(Doubt::UnreadableAnswer) => "unreadable_answer",
            Self::Doubtful(Doubt::Busy) => "busy",
        }
    }
}
