//! What every request passes, outside in: trace, admission, deadline, token, permission, message size, service.

use std::{convert::Infallible, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use http::{Request, Response, header::AUTHORIZATION};
use hyper::{body::Incoming, service::Service as HyperService};
use tokio::time::{Instant, timeout_at};
use tonic::{Status, body::Body, service::Routes};
use tower::Service;
use tracing::{Instrument, Span};

use super::{
    ServerArgs, admission::Admission, connections::Answering, message_limit::MessageLimit, rpc::Rpc,
};
use crate::{
    authn::{TENANT_HEADER, Unauthenticated, Verifier},
    authz::Policy,
    deadline,
    refusal::Refusal,
    telemetry::{names, service},
    watched::Watched,
};

/// The way into a service.
#[derive(Clone)]
pub(super) struct Gate {
    shared: Arc<Shared>,
    routes: Routes,
}

struct Shared {
    service: &'static str,
    admission: Arc<Admission>,
    verifier: Arc<Verifier>,
    policy: Policy,
    max_deadline: Duration,
    max_request_bytes: usize,
    reflection: bool,
}

impl Gate {
    pub(super) fn new(
        service: &'static str,
        args: &ServerArgs,
        verifier: Arc<Verifier>,
        policy: Policy,
        routes: Routes,
    ) -> Self {
        let shared = Shared {
            service,
            admission: Admission::new(service, &args.admission),
            verifier,
            policy,
            max_deadline: args.max_deadline,
            max_request_bytes: args.max_request_bytes,
            reflection: args.reflection,
        };
        Self { shared: Arc::new(shared), routes }
    }

    async fn answer(self, request: Request<Body>) -> Response<Body> {
        let started = std::time::Instant::now();
        let rpc = Rpc::of(&request, &self.shared.policy);
        let span = rpc.span(&request);
        let asked = deadline::read(request.headers());
        let deadline = Instant::now()
            + asked.map_or(self.shared.max_deadline, |it| it.min(self.shared.max_deadline));

        let owner = self.shared.service;
        let passed = self.pass(request, &rpc, deadline).instrument(span.clone()).await;
        let response = passed.unwrap_or_else(|refusal| Status::from(refusal).into_http());
        let ended = {
            let span = span.clone();
            Box::new(move |code| rpc.ended(owner, &span, started, code))
        };
        // A stream nobody set a time for, such as a watch, may stay open; how it starts is bounded.
        Watched::wrap(response, span, asked.map(|_| deadline), ended)
    }

    async fn pass(
        self,
        request: Request<Body>,
        rpc: &Rpc,
        deadline: Instant,
    ) -> Result<Response<Body>, Refusal> {
        let permit = self.shared.admission.admit()?;
        let work = deadline::within(deadline, self.enter(request, rpc));
        // A handler that is late is dropped here, and with it all it was doing.
        match timeout_at(deadline, AssertUnwindSafe(work).catch_unwind()).await {
            Ok(Ok(outcome)) => {
                permit.answered();
                outcome
            }
            Ok(Err(_)) => {
                tracing::error!("a handler panicked");
                Err(Refusal::Panicked)
            }
            Err(_) => {
                permit.overran();
                Err(Refusal::DeadlineExceeded)
            }
        }
    }

    async fn enter(
        mut self,
        mut request: Request<Body>,
        rpc: &Rpc,
    ) -> Result<Response<Body>, Refusal> {
        let shared = &self.shared;
        let is_open = rpc.is_reflection && shared.reflection;
        if !is_open {
            let token = bearer(&request)?;
            let tenant = request.headers().get(TENANT_HEADER).and_then(|it| it.to_str().ok());
            let caller = shared.verifier.identify(token, tenant).await?;
            Span::current().record(names::KITH_TENANT_ID, tracing::field::display(caller.tenant));
            shared.policy.check(&caller, request.uri().path())?;
            request.extensions_mut().insert(caller);
        }
        let limit = shared.max_request_bytes;
        let request = request.map(|body| MessageLimit::wrap(body, limit));
        match self.routes.call(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }
}

fn bearer<B>(request: &Request<B>) -> Result<&str, Refusal> {
    let header = request.headers().get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    match header.and_then(|it| it.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        Some(_) | None => Err(Unauthenticated::TokenMissing.into()),
    }
}

impl HyperService<Request<Incoming>> for Gate {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let gate = self.clone();
        let owner = self.shared.service;
        let answer = service::within(owner, gate.answer(request.map(Body::new)));
        Box::pin(async move { Ok(answer.await) })
    }
}
