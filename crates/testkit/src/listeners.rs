//! Ports of a test's own: bound before anything is served, so that their addresses are known.

use std::net::SocketAddr;

use chassis::server::Listeners;
use tokio::net::TcpListener;

/// Where a service under test can be reached.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// Its methods.
    pub grpc: SocketAddr,
    /// Its health.
    pub health: SocketAddr,
}

impl Addresses {
    /// Its methods, as the setting of a client.
    pub fn uri(&self) -> String {
        format!("http://{}", self.grpc)
    }
}

/// Binds free ports for one service and tells where they are.
pub async fn listeners() -> (Listeners, Addresses) {
    let listeners = Listeners::on_free_ports().await.expect("bind two free ports");
    let address = |it: &TcpListener| it.local_addr().expect("a bound listener has an address");
    let addresses =
        Addresses { grpc: address(&listeners.grpc), health: address(&listeners.health) };
    (listeners, addresses)
}

/// Binds a free port, for what is neither gRPC nor health.
pub async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("bind a free port")
}
