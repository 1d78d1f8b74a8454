//! The webhooks of providers: a listener of its own, without tokens, that believes nothing before it is verified.

mod answer;
mod door;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Path, RawQuery, Request, State},
    http::HeaderMap,
    response::Response,
    routing::get,
};
use chassis::telemetry::{context, names};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use self::answer::{Answer, answer};
use crate::{
    app::{App, NotReceived},
    domain::SourceId,
};

/// Where the provider of an Official Account delivers.
const WECHAT: &str = "/webhooks/wechat/{source}";

/// Largest body that is read. The providers' own are a few kilobytes.
pub(crate) const MAX_BODY_BYTES: usize = 64 * 1024;

/// What strangers may hold open and how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Most connections at once; the next waits in the listener's queue.
    pub(crate) max_connections: usize,
    /// Most requests worked on at once; the next is answered 503.
    pub(crate) max_concurrency: usize,
    /// Longest time until the head, and then until the body, of a request has come.
    pub(crate) read_timeout: Duration,
    /// Longest wait for what is in flight when the process stops.
    pub(crate) drain_timeout: Duration,
}

#[derive(Clone)]
struct Webhooks {
    app: Arc<App>,
    slots: Arc<Semaphore>,
    read_timeout: Duration,
}

/// Serves webhooks until `stop`, then what is in flight for at most the drain timeout.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    limits: Limits,
    service: &'static str,
    stop: CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(limits.max_concurrency));
    let state = Webhooks { app, slots, read_timeout: limits.read_timeout };
    let router = Router::new().route(WECHAT, get(greet).post(receive)).with_state(state);
    door::serve(listener, router, limits, service, stop).await;
}

async fn greet(
    State(webhooks): State<Webhooks>,
    Path(source): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let span = span("GET", request.headers());
    let work = async {
        let Ok(_slot) = webhooks.slots.try_acquire() else { return Answer::Busy };
        let Some(source) = SourceId::parse_bare(&source) else { return Answer::NoSource };
        match webhooks.app.greet(source, &query.unwrap_or_default()).await {
            Ok(greeted) => Answer::Greeting(greeted.0),
            Err(problem) => Answer::from(problem),
        }
    };
    finish(&span, work.instrument(span.clone()).await)
}

async fn receive(
    State(webhooks): State<Webhooks>,
    Path(source): Path<String>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response {
    let span = span("POST", request.headers());
    let work = async {
        let Some(source) = SourceId::parse_bare(&source) else { return Answer::NoSource };
        // Whoever sends slowly holds a connection, not a slot.
        let body = match read(request.into_body(), webhooks.read_timeout).await {
            Ok(body) => body,
            Err(Unread::TooLarge) => return webhooks.too_large(source).await,
            Err(Unread::Late) => return Answer::Late,
            Err(Unread::Broken) => return Answer::Broken,
        };
        let Ok(_slot) = webhooks.slots.try_acquire() else { return Answer::Busy };
        match webhooks.app.receive(source, &query.unwrap_or_default(), body).await {
            Ok(received) => {
                Span::current().set_attribute("kith.envelope.outcome", received.word());
                Answer::Acknowledged
            }
            Err(problem) => Answer::from(problem),
        }
    };
    finish(&span, work.instrument(span.clone()).await)
}

impl Webhooks {
    async fn too_large(&self, source: SourceId) -> Answer {
        let Ok(_slot) = self.slots.try_acquire() else { return Answer::Busy };
        match self.app.refuse_unread(source).await {
            Ok(()) => Answer::TooLarge,
            Err(problem) => Answer::from(problem),
        }
    }
}

enum Unread {
    TooLarge,
    Late,
    Broken,
}

async fn read(body: Body, within: Duration) -> Result<Vec<u8>, Unread> {
    match timeout(within, Limited::new(body, MAX_BODY_BYTES).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes().into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unread::TooLarge),
        Ok(Err(_)) => Err(Unread::Broken),
        Err(_) => Err(Unread::Late),
    }
}

/// The root of a journey's trace, unless the caller names a span of its own.
fn span(method: &'static str, headers: &HeaderMap) -> Span {
    let name = format!("{method} {WECHAT}");
    let span = info_span!(parent: None, "webhook", otel.name = name, otel.kind = "server");
    let parent = headers.get(context::TRACEPARENT).and_then(|it| it.to_str().ok());
    if let Some(parent) = parent {
        context::set_parent(&span, parent);
    }
    span.set_attribute(names::HTTP_REQUEST_METHOD, method);
    span.set_attribute(names::HTTP_ROUTE, WECHAT);
    span
}

fn finish(span: &Span, given: Answer) -> Response {
    let response = answer(given);
    let status = response.status();
    span.set_attribute(names::HTTP_RESPONSE_STATUS_CODE, i64::from(status.as_u16()));
    if status.is_server_error() {
        span.set_attribute(names::ERROR_TYPE, status.as_u16().to_string());
        span.set_status(opentelemetry::trace::Status::error(""));
    }
    response
}

impl From<NotReceived> for Answer {
    fn from(problem: NotReceived) -> Self {
        match problem {
            NotReceived::NoSource => Self::NoSource,
            NotReceived::Refused(refusal) => Self::Refused(refusal),
            NotReceived::Failed(error) => {
                // The provider tries again. What passes by itself is no call for anybody.
                match error.is_transient() {
                    true => tracing::warn!(error = error.cause(), "could not store a webhook"),
                    false => tracing::error!(error = error.cause(), "cannot store a webhook"),
                }
                Self::Busy
            }
        }
    }
}
