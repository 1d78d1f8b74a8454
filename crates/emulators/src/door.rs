//! A local HTTP server that can close a connection without answering, which no ordinary router can.

use std::{convert::Infallible, io, net::SocketAddr};

use axum::{Router, body::Body, extract::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

/// Put into a response's extensions, closes the connection instead of answering.
#[derive(Clone, Copy)]
pub(crate) struct Cut;

/// A running server; it stops when it is dropped, and [`Door::close`] waits until it has.
pub(crate) struct Door {
    address: SocketAddr,
    stop: CancellationToken,
    connections: TaskTracker,
}

impl Door {
    /// Serves `router` on `listener`. Fails when the listener has no local address.
    pub(crate) fn open(listener: TcpListener, router: Router) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let connections = TaskTracker::new();
        connections.spawn(accept(listener, router, stop.clone(), connections.clone()));
        Ok(Self { address, stop, connections })
    }

    /// The address to connect to.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts every connection and waits until the port is free.
    pub(crate) async fn close(self) {
        self.stop.cancel();
        self.connections.close();
        self.connections.wait().await;
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn accept(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    connections: TaskTracker,
) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        // A connection that died while it was queued is the caller's loss, not the server's end.
        let Ok((stream, _)) = accepted else { continue };
        connections.spawn(serve(stream, router.clone(), stop.clone()));
    }
}

async fn serve(stream: TcpStream, router: Router, stop: CancellationToken) {
    let service = service_fn(move |request: Request<Incoming>| answer(router.clone(), request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        () = stop.cancelled() => (),
        // An error here is a cut that was asked for, or a caller who left.
        _ = connection => (),
    }
}

async fn answer(router: Router, request: Request<Incoming>) -> io::Result<Response> {
    let response: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
    let Ok(response) = response;
    match response.extensions().get::<Cut>() {
        Some(Cut) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
        None => Ok(response),
    }
}
