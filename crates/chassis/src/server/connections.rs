//! Accepts connections, speaks HTTP/2 on each, and ends them: asked first, cut when the time is up.

use std::{convert::Infallible, pin::Pin, sync::Arc, time::Duration};

use http::{Request, Response};
use hyper::{body::Incoming, service::Service as HyperService};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tonic::{body::Body, service::Routes};
use tower::Service;

/// How long a peer that has not answered a ping is waited for.
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a new connection may stay silent.
const FIRST_BYTE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long accepting pauses after a failure, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Largest set of request headers.
const MAX_HEADER_BYTES: u32 = 32 * 1024;

/// Bounds on what peers can hold open.
#[derive(Clone, Debug)]
pub(super) struct ConnectionLimits {
    pub(super) max_connections: usize,
    pub(super) max_streams: u32,
    pub(super) keepalive_interval: Duration,
    pub(super) drain_timeout: Duration,
}

/// The future of an answer.
pub(super) type Answering =
    Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// Serves `service` on `listener` until `stop`, then for at most the drain timeout what is in flight.
pub(super) async fn serve<S>(
    listener: TcpListener,
    service: S,
    limits: &ConnectionLimits,
    stop: CancellationToken,
) where
    S: HyperService<
            Request<Incoming>,
            Response = Response<Body>,
            Error = Infallible,
            Future = Answering,
        > + Clone
        + Send
        + 'static,
{
    let builder = http2(limits);
    let slots = Arc::new(Semaphore::new(limits.max_connections));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();

    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listener, &slots) => accepted,
        };
        let Some((stream, slot)) = accepted else {
            continue;
        };
        let speaking =
            speak(stream, service.clone(), builder.clone(), graceful.watcher(), stop.clone());
        connections.spawn(async move {
            speaking.await;
            drop(slot);
        });
    }

    drop(listener);
    if timeout(limits.drain_timeout, graceful.shutdown()).await.is_err() {
        let cut = connections.len();
        tracing::warn!(connections = cut, "cut connections that did not drain in time");
    }
    connections.shutdown().await;
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    // The semaphore is never closed. While it is exhausted, peers wait in the kernel's queue.
    let slot = slots.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, slot)),
        Err(error) => {
            tracing::debug!(%error, "cannot accept a connection");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn speak<S>(
    stream: TcpStream,
    service: S,
    builder: Builder<TokioExecutor>,
    watcher: Watcher,
    stop: CancellationToken,
) where
    S: HyperService<
            Request<Incoming>,
            Response = Response<Body>,
            Error = Infallible,
            Future = Answering,
        > + Send
        + 'static,
{
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot turn off delays on a connection");
    }
    let mut first = [0];
    let spoke = tokio::select! {
        biased;
        spoke = timeout(FIRST_BYTE_TIMEOUT, stream.peek(&mut first)) => spoke,
        () = stop.cancelled() => return,
    };
    if !matches!(spoke, Ok(Ok(1))) {
        return;
    }
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn http2(limits: &ConnectionLimits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new()).http2_only();
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(limits.keepalive_interval))
        .keep_alive_timeout(KEEPALIVE_TIMEOUT)
        .max_concurrent_streams(limits.max_streams)
        .max_header_list_size(MAX_HEADER_BYTES);
    builder
}

/// Routes without the gate, for health.
#[derive(Clone)]
pub(super) struct Plain {
    routes: Routes,
}

impl Plain {
    pub(super) fn new(routes: Routes) -> Self {
        Self { routes: routes.prepare() }
    }
}

impl HyperService<Request<Incoming>> for Plain {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let mut routes = self.routes.clone();
        Box::pin(async move { routes.call(request).await })
    }
}
