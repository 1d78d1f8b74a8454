//! The settings of this service: each is a flag, an environment variable and a sentence of help.

use bus::BusArgs;
use chassis::{
    authn::{AuthnArgs, TokenArgs},
    client::ClientArgs,
    database::DatabaseArgs,
    page::PageArgs,
    server::ServerArgs,
    telemetry::TelemetryArgs,
};
use clap::Parser;

/// Keeps products and orders, moves orders along, and links them to the contacts who placed them.
#[derive(Clone, Debug, Parser)]
#[command(name = "sales", version)]
pub struct Config {
    /// The server.
    #[command(flatten)]
    pub server: ServerArgs,

    /// The database.
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// Whose tokens are accepted.
    #[command(flatten)]
    pub authn: AuthnArgs,

    /// How other services are called.
    #[command(flatten)]
    pub client: ClientArgs,

    /// How pages are sealed.
    #[command(flatten)]
    pub pages: PageArgs,

    /// Largest page a `List` call returns, whatever the caller asked for.
    #[arg(long, env = "MAX_PAGE_SIZE", default_value_t = 200)]
    pub max_page_size: u32,

    /// Where customer is, `http://host:port`: it knows the contact behind a buyer.
    #[arg(long, env = "CUSTOMER_URL")]
    pub customer_url: String,

    /// The event log.
    #[command(flatten)]
    pub bus: BusArgs,

    /// The service's own token, with which it calls the others.
    #[command(flatten)]
    pub token: TokenArgs,

    /// Traces, metrics and logs.
    #[command(flatten)]
    pub telemetry: TelemetryArgs,
}
