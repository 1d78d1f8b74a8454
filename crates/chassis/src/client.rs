//! The gRPC client of a process: finds the other service, calls it in time, and repeats only what it may.

mod args;
mod backends;
mod budget;
mod call;
mod outgoing;

pub use args::ClientArgs;
pub use backends::BadUrl;

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::header::AUTHORIZATION;
use tonic::{Status, body::Body, metadata::MetadataValue};
use tower::Service;

use self::{backends::Backends, budget::Budget};
use crate::{
    authn::{TENANT_HEADER, TokenSource},
    tenant::TenantId,
};

/// A way to call one service, to be given to its generated client: `ContactServiceClient::new(client.clone())`.
///
/// Clones share connections and the retry budget.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    backends: Backends,
    tokens: Arc<dyn TokenSource>,
    budget: Budget,
    args: ClientArgs,
}

impl Client {
    /// Prepares to call the service at `url`, `http://host:port`. It need not be up, nor its name known, yet.
    ///
    /// Must be called inside a tokio runtime. Fails only if the address is malformed.
    pub fn new(url: &str, tokens: Arc<dyn TokenSource>, args: &ClientArgs) -> Result<Self, BadUrl> {
        let shared = Shared {
            backends: Backends::find(url, args)?,
            tokens,
            budget: Budget::new(args.retry_reserve, args.retry_percent),
            args: args.clone(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }
}

impl Service<http::Request<Body>> for Client {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let shared = self.shared.clone();
        Box::pin(async move { call::make(&shared, request).await })
    }
}

/// Says for which tenant `request` acts. The service's own token is good for every tenant, so it must be told.
pub fn for_tenant<T>(request: T, tenant: TenantId) -> tonic::Request<T> {
    let mut request = tonic::Request::new(request);
    let named = MetadataValue::try_from(tenant.to_string())
        .expect("a UUID in its text form is a valid metadata value");
    request.metadata_mut().insert(TENANT_HEADER, named);
    request
}

/// Sends `request` with the token of the caller of `incoming`, on the user's behalf.
pub fn on_behalf_of<T, U>(request: T, incoming: &tonic::Request<U>) -> tonic::Request<T> {
    let mut request = tonic::Request::new(request);
    for name in [AUTHORIZATION.as_str(), TENANT_HEADER] {
        if let Some(value) = incoming.metadata().get(name) {
            request.metadata_mut().insert(name, value.clone());
        }
    }
    request
}
