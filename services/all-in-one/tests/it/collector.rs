//! A collector of OTLP that keeps every byte it is sent.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{service::Routes, transport::Server};

/// More than any export.
const MAX_EXPORT_BYTES: usize = 64 * 1024 * 1024;

/// Accepts every export.
pub(crate) struct Collector {
    pub(crate) url: String,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = taken.clone();
        let take = move |request: Request| {
            let kept = kept.clone();
            async move {
                let export = to_bytes(request.into_body(), MAX_EXPORT_BYTES).await.unwrap();
                kept.lock().unwrap().extend_from_slice(&export);
                let empty = Body::from(vec![0; 5]);
                ([("content-type", "application/grpc"), ("grpc-status", "0")], empty)
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = Server::builder().add_routes(Routes::from(Router::new().fallback(take)));
        tokio::spawn(serving.serve_with_incoming(TcpListenerStream::new(listener)));
        Self { url, taken }
    }

    /// Everything exported so far. Names and attributes stand in it as they are.
    pub(crate) fn taken(&self) -> String {
        String::from_utf8_lossy(&self.taken.lock().unwrap()).into_owned()
    }
}
