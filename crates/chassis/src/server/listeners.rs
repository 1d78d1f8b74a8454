//! The sockets of a server, opened before it starts so that an address in use is an error and not a surprise.

use std::net::Ipv4Addr;

use anyhow::Context;
use tokio::net::TcpListener;

use super::ServerArgs;

/// The two sockets of a server.
#[derive(Debug)]
pub struct Listeners {
    /// Where calls come in.
    pub grpc: TcpListener,
    /// Where probes come in.
    pub health: TcpListener,
}

impl Listeners {
    /// Opens the configured addresses; fails, naming the address, if one is in use.
    pub async fn bind(args: &ServerArgs) -> anyhow::Result<Self> {
        let grpc = TcpListener::bind(args.listen_addr)
            .await
            .with_context(|| format!("bind the gRPC listener to `{}`", args.listen_addr))?;
        let health = TcpListener::bind(args.health_addr)
            .await
            .with_context(|| format!("bind the health listener to `{}`", args.health_addr))?;
        Ok(Self { grpc, health })
    }

    /// Opens two free ports on this machine.
    pub async fn on_free_ports() -> anyhow::Result<Self> {
        let grpc = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("bind a free port")?;
        let health =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("bind a free port")?;
        Ok(Self { grpc, health })
    }

    /// Returns the address clients connect to, `http://127.0.0.1:50051`.
    pub fn grpc_url(&self) -> anyhow::Result<String> {
        url(&self.grpc)
    }

    /// Returns the address probes connect to.
    pub fn health_url(&self) -> anyhow::Result<String> {
        url(&self.health)
    }
}

fn url(listener: &TcpListener) -> anyhow::Result<String> {
    let address = listener.local_addr().context("read the address of a listener")?;
    Ok(format!("http://{address}"))
}
