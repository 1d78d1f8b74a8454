//! One call, from its deadline to the end of its answer: attempts, pauses between them, and what is told about it.

use std::{error::Error, time::Duration};

use http::{HeaderMap, HeaderValue, Request, Response, header::AUTHORIZATION};
use http_body_util::BodyExt;
use opentelemetry::KeyValue;
use tokio::time::{Instant, timeout_at};
use tonic::{Code, Status, TimeoutExpired, body::Body};
use tonic_types::StatusExt;
use tower::{Service, ServiceExt};
use tracing::{Instrument, Span, field::Empty};

use super::{Shared, outgoing::Outgoing};
use crate::{
    authn::TENANT_HEADER,
    deadline,
    refusal::Refusal,
    telemetry::{
        context,
        metrics::metrics,
        names::{
            KITH_CLIENT_ATTEMPTS, KITH_TENANT_ID, RPC_GRPC_STATUS_CODE, RPC_METHOD, RPC_SERVICE,
            RPC_SYSTEM, SERVER_ADDRESS, SERVER_PORT,
        },
    },
    watched::{Ended, Watched, code_of},
};

/// Pause before the first retry, doubled for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Longest pause, unless the server asks for more.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Makes a call. Fails with `DEADLINE_EXCEEDED` when its time is up, with UNAVAILABLE when nobody can be reached.
pub(super) async fn make(
    shared: &Shared,
    request: Request<Body>,
) -> Result<Response<Body>, Status> {
    let name = Name::of(&request);
    let span = name.span(shared, request.headers());
    let ended = name.ended(&span);
    let deadline = deadline_of(shared, request.headers());

    match attempts(shared, request, deadline, &span).instrument(span.clone()).await {
        Ok(response) => {
            // The status of an answer is in its headers or trailers: an error here is a lost connection.
            let target = shared.backends.target.clone();
            let lost = move |_| Status::from(Refusal::Unreachable { target: target.to_string() });
            let response = response.map(|body| Body::new(body.map_err(lost)));
            Ok(Watched::wrap(response, span, Some(deadline), ended))
        }
        Err(status) => {
            ended(status.code());
            Err(status)
        }
    }
}

/// The call's own time, or the default, but never more than the work it is part of has left.
fn deadline_of(shared: &Shared, headers: &HeaderMap) -> Instant {
    let own = deadline::read(headers).unwrap_or(shared.args.client_deadline);
    let own = Instant::now() + own;
    deadline::current().map_or(own, |outer| outer.min(own))
}

async fn attempts(
    shared: &Shared,
    request: Request<Body>,
    deadline: Instant,
    span: &Span,
) -> Result<Response<Body>, Status> {
    let mut outgoing = Outgoing::of(request, shared.args.client_max_replay_bytes)?;
    authorize(shared, &mut outgoing.headers)?;
    if let Some(traceparent) = context::traceparent(span)
        && let Ok(value) = HeaderValue::try_from(traceparent)
    {
        outgoing.headers.insert(context::TRACEPARENT, value);
    }
    shared.budget.earn();

    let mut attempt = 1;
    loop {
        let outcome = match timeout_at(deadline, send(shared, &mut outgoing, deadline)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Refusal::DeadlineExceeded.into()),
        };
        let Some(asked) = retry_asked(&outcome) else {
            return outcome;
        };
        let pause = asked.max(pause_after(attempt));
        let may_repeat = attempt < shared.args.client_max_attempts
            && outgoing.is_repeatable()
            && Instant::now() + pause < deadline;
        if !may_repeat {
            return outcome;
        }
        if !shared.budget.spend() {
            metrics().client_retries_refused.add(1, &[]);
            return outcome;
        }
        metrics().client_retries.add(1, &[]);
        tokio::time::sleep(pause).await;
        attempt += 1;
        span.record(KITH_CLIENT_ATTEMPTS, attempt);
    }
}

/// A request that brings a token acts on a user's behalf; any other is this service's own.
fn authorize(shared: &Shared, headers: &mut HeaderMap) -> Result<(), Status> {
    if headers.contains_key(AUTHORIZATION) {
        return Ok(());
    }
    let token = shared.tokens.token().map_err(|error| {
        tracing::warn!(%error, "cannot read this service's own token");
        Status::from(Refusal::TokenUnavailable)
    })?;
    let Ok(mut value) = HeaderValue::try_from(format!("Bearer {token}")) else {
        return Err(Refusal::TokenUnavailable.into());
    };
    value.set_sensitive(true);
    headers.insert(AUTHORIZATION, value);
    Ok(())
}

async fn send(
    shared: &Shared,
    outgoing: &mut Outgoing,
    deadline: Instant,
) -> Result<Response<Body>, Status> {
    let backend = shared.backends.next().await?;
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Refusal::DeadlineExceeded.into());
    }
    outgoing.headers.insert(deadline::HEADER, deadline::write(left));
    let mut channel = backend.channel.clone();
    let answer = match channel.ready().await {
        Ok(ready) => ready.call(outgoing.make()).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(response) => {
            backend.answered();
            Ok(response)
        }
        // The channel reads the deadline's header too, and may be the first to notice.
        Err(error) if is_timeout(&error) => Err(Refusal::DeadlineExceeded.into()),
        Err(error) => {
            tracing::debug!(error = %chain(&error), "cannot reach a service");
            shared.backends.failed(&backend);
            Err(shared.backends.unreachable().into())
        }
    }
}

/// Returns how long the server asks to wait if the outcome is one to repeat, and `None` if it stands.
fn retry_asked(outcome: &Result<Response<Body>, Status>) -> Option<Duration> {
    let refused = match outcome {
        Ok(response) if code_of(response.headers()) == Some(Code::Unavailable) => {
            Status::from_header_map(response.headers())
        }
        Ok(_) => None,
        Err(status) if status.code() == Code::Unavailable => Some(status.clone()),
        Err(_) => None,
    };
    let asked = refused?.get_details_retry_info().and_then(|it| it.retry_delay);
    Some(asked.unwrap_or_default())
}

fn pause_after(attempt: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << (attempt - 1).min(8));
    doubled.min(LONGEST_PAUSE).mul_f64(rand::random_range(0.5..1.0))
}

fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|it| it.is::<TimeoutExpired>())
}

fn chain(error: &(dyn Error + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&it| it.source())
}

/// The called method, by the path in which generated clients put it.
struct Name {
    service: String,
    method: String,
}

impl Name {
    fn of<B>(request: &Request<B>) -> Self {
        let path = request.uri().path();
        let (service, method) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
        Self { service: service.to_owned(), method: method.to_owned() }
    }

    fn span(&self, shared: &Shared, headers: &HeaderMap) -> Span {
        let span = tracing::info_span!(
            "rpc",
            otel.name = format!("{}/{}", self.service, self.method),
            otel.kind = "client",
            otel.status_code = Empty,
            { RPC_SYSTEM } = "grpc",
            { RPC_SERVICE } = self.service,
            { RPC_METHOD } = self.method,
            { RPC_GRPC_STATUS_CODE } = Empty,
            { SERVER_ADDRESS } = shared.backends.host,
            { SERVER_PORT } = shared.backends.port,
            { KITH_TENANT_ID } = Empty,
            { KITH_CLIENT_ATTEMPTS } = Empty,
        );
        if let Some(tenant) = headers.get(TENANT_HEADER).and_then(|it| it.to_str().ok()) {
            span.record(KITH_TENANT_ID, tenant);
        }
        span
    }

    fn ended(self, span: &Span) -> Ended {
        let span = span.clone();
        let started = Instant::now();
        Box::new(move |code| {
            span.record(RPC_GRPC_STATUS_CODE, code as i64);
            if code != Code::Ok {
                span.record("otel.status_code", "ERROR");
            }
            metrics().rpc_client_duration.record(
                started.elapsed().as_secs_f64(),
                &[
                    KeyValue::new(RPC_SYSTEM, "grpc"),
                    KeyValue::new(RPC_SERVICE, self.service),
                    KeyValue::new(RPC_METHOD, self.method),
                    KeyValue::new(RPC_GRPC_STATUS_CODE, code as i64),
                ],
            );
        })
    }
}
