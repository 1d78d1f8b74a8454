//! The settings of this service: each is a flag, an environment variable and a sentence of help.

use std::time::Duration;

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

/// Keeps inboxes, conversations and messages, and answers customers by rules.
#[derive(Clone, Debug, Parser)]
#[command(name = "messaging", version)]
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

    /// How often to look for snoozed conversations whose time has come.
    #[arg(long, env = "SNOOZE_CHECK_INTERVAL", default_value = "10s")]
    #[arg(value_parser = chassis::duration::parse)]
    pub snooze_check_interval: Duration,

    /// Where customer is, `http://host:port`: it knows the contact behind an identity.
    #[arg(long, env = "CUSTOMER_URL")]
    pub customer_url: String,

    /// Where social-ingest is, `http://host:port`: it knows what customers wrote.
    #[arg(long, env = "SOCIAL_INGEST_URL")]
    pub social_ingest_url: String,

    /// Where sales is, `http://host:port`: it knows the orders.
    #[arg(long, env = "SALES_URL")]
    pub sales_url: String,

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
