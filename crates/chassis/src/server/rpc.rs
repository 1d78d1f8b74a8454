//! A call as telemetry sees it: a name from a closed list, a span and a duration.

use std::time::Instant;

use http::Request;
use opentelemetry::KeyValue;
use tonic::Code;
use tracing::{Span, field::Empty};

use crate::{
    authz::Policy,
    telemetry::{
        context,
        metrics::metrics,
        names::{KITH_TENANT_ID, RPC_GRPC_STATUS_CODE, RPC_METHOD, RPC_SERVICE, RPC_SYSTEM},
    },
};

/// What a path is called that no service defines: a caller must not be able to invent names.
const OTHER: &str = "_OTHER";

/// Paths that begin like this belong to reflection.
const REFLECTION: &str = "/grpc.reflection.v1";

/// A call, named.
#[derive(Clone, Debug)]
pub(super) struct Rpc {
    pub(super) service: String,
    pub(super) method: String,
    pub(super) is_reflection: bool,
}

impl Rpc {
    pub(super) fn of<B>(request: &Request<B>, policy: &Policy) -> Self {
        let path = request.uri().path();
        let is_reflection = matches!(
            path.strip_prefix(REFLECTION),
            Some(
                ".ServerReflection/ServerReflectionInfo"
                    | "alpha.ServerReflection/ServerReflectionInfo"
            )
        );
        let is_known = is_reflection || policy.permission(path).is_some();
        let named = path.strip_prefix('/').and_then(|it| it.split_once('/'));
        match named {
            Some((service, method)) if is_known => {
                Self { service: service.to_owned(), method: method.to_owned(), is_reflection }
            }
            Some(_) | None => {
                Self { service: OTHER.to_owned(), method: OTHER.to_owned(), is_reflection }
            }
        }
    }

    /// Opens the span of the call, continuing the caller's trace if it names one.
    pub(super) fn span<B>(&self, request: &Request<B>) -> Span {
        let span = tracing::info_span!(
            parent: None,
            "rpc",
            otel.name = format!("{}/{}", self.service, self.method),
            otel.kind = "server",
            otel.status_code = Empty,
            { RPC_SYSTEM } = "grpc",
            { RPC_SERVICE } = self.service,
            { RPC_METHOD } = self.method,
            { RPC_GRPC_STATUS_CODE } = Empty,
            { KITH_TENANT_ID } = Empty,
        );
        let traceparent = request.headers().get(context::TRACEPARENT);
        if let Some(traceparent) = traceparent.and_then(|it| it.to_str().ok()) {
            context::set_parent(&span, traceparent);
        }
        span
    }

    /// Notes how the call ended.
    pub(super) fn ended(&self, owner: &'static str, span: &Span, started: Instant, code: Code) {
        span.record(RPC_GRPC_STATUS_CODE, code as i64);
        if is_server_fault(code) {
            span.record("otel.status_code", "ERROR");
        }
        metrics().rpc_server_duration.record(
            started.elapsed().as_secs_f64(),
            &[
                KeyValue::new(crate::telemetry::names::KITH_SERVICE, owner),
                KeyValue::new(RPC_SYSTEM, "grpc"),
                KeyValue::new(RPC_SERVICE, self.service.clone()),
                KeyValue::new(RPC_METHOD, self.method.clone()),
                KeyValue::new(RPC_GRPC_STATUS_CODE, code as i64),
            ],
        );
    }
}

/// The codes that the conventions count as errors of a server; the others are the caller's.
fn is_server_fault(code: Code) -> bool {
    match code {
        Code::Unknown
        | Code::DeadlineExceeded
        | Code::Unimplemented
        | Code::Internal
        | Code::Unavailable
        | Code::DataLoss => true,
        Code::Ok
        | Code::Cancelled
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unauthenticated => false,
    }
}
