//! The ports of the platform: stable ones from a first port on, or free ones.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context;
use chassis::server::Listeners;
use serde::Serialize;
use tokio::net::TcpListener;

/// Where everything listens. Ports follow one another from the first: the five services, the webhooks and the
/// traces, then the health of the five services.
pub(crate) struct Sockets {
    pub(crate) customer: Listeners,
    pub(crate) messaging: Listeners,
    pub(crate) social_ingest: Listeners,
    pub(crate) sales: Listeners,
    pub(crate) analytics: Listeners,
    pub(crate) webhooks: TcpListener,
    pub(crate) traces: TcpListener,
}

/// The addresses of a running platform, as URLs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Addresses {
    /// gRPC of the customer service.
    pub customer: String,
    /// gRPC of the messaging service.
    pub messaging: String,
    /// gRPC of the social-ingest service.
    #[serde(rename = "social-ingest")]
    pub social_ingest: String,
    /// gRPC of the sales service.
    pub sales: String,
    /// gRPC of the analytics service.
    pub analytics: String,
    /// Where providers send webhooks.
    #[serde(skip)]
    pub webhooks: String,
    /// Where traces are read.
    #[serde(skip)]
    pub traces: String,
    /// Health of each service, in the order above.
    #[serde(skip)]
    pub health: Vec<String>,
}

impl Sockets {
    /// Opens every port from `first` on, or free ones if it is 0.
    ///
    /// Fails, naming the port and what to do, if one is taken.
    pub(crate) async fn bind(first: u16) -> anyhow::Result<Self> {
        Ok(Self {
            customer: listeners(first, 0).await?,
            messaging: listeners(first, 1).await?,
            social_ingest: listeners(first, 2).await?,
            sales: listeners(first, 3).await?,
            analytics: listeners(first, 4).await?,
            webhooks: listener(first, 5).await?,
            traces: listener(first, 6).await?,
        })
    }

    pub(crate) fn addresses(&self) -> anyhow::Result<Addresses> {
        let services =
            [&self.customer, &self.messaging, &self.social_ingest, &self.sales, &self.analytics];
        Ok(Addresses {
            customer: url(&self.customer.grpc)?,
            messaging: url(&self.messaging.grpc)?,
            social_ingest: url(&self.social_ingest.grpc)?,
            sales: url(&self.sales.grpc)?,
            analytics: url(&self.analytics.grpc)?,
            webhooks: url(&self.webhooks)?,
            traces: url(&self.traces)?,
            health: services.iter().map(|it| url(&it.health)).collect::<anyhow::Result<_>>()?,
        })
    }
}

async fn listeners(first: u16, index: u16) -> anyhow::Result<Listeners> {
    Ok(Listeners {
        grpc: listener(first, index).await?,
        health: listener(first, 10 + index).await?,
    })
}

async fn listener(first: u16, index: u16) -> anyhow::Result<TcpListener> {
    let port = if first == 0 { 0 } else { first.saturating_add(index) };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.with_context(|| {
        format!("listen on `{address}`: give another first port with `--port`, or `--port 0` for free ones")
    })
}

fn url(listener: &TcpListener) -> anyhow::Result<String> {
    Ok(format!("http://{}", listener.local_addr().context("read own address")?))
}
