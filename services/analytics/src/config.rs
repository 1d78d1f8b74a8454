//! The settings of this service: each is a flag, an environment variable and a sentence of help.

use bus::BusArgs;
use chassis::{
    authn::{AuthnArgs, TokenArgs},
    database::DatabaseArgs,
    page::PageArgs,
    server::ServerArgs,
    telemetry::TelemetryArgs,
};
use clap::Parser;

/// Projects every event to facts, and answers with numbers and the rows behind them.
#[derive(Clone, Debug, Parser)]
#[command(name = "analytics", version)]
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

    /// How pages are sealed.
    #[command(flatten)]
    pub pages: PageArgs,

    /// Largest page a `List` call returns, whatever the caller asked for.
    #[arg(long, env = "MAX_PAGE_SIZE", default_value_t = 200)]
    pub max_page_size: u32,

    /// The event log.
    #[command(flatten)]
    pub bus: BusArgs,

    /// The service's own token.
    #[command(flatten)]
    pub token: TokenArgs,

    /// Traces, metrics and logs.
    #[command(flatten)]
    pub telemetry: TelemetryArgs,
}
