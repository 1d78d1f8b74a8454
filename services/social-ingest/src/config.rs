//! The settings of this service: each is a flag, an environment variable and a sentence of help.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use bus::BusArgs;
use chassis::{
    authn::{AuthnArgs, TokenArgs},
    client::ClientArgs,
    database::DatabaseArgs,
    duration,
    page::PageArgs,
    redact::Redacted,
    server::ServerArgs,
    telemetry::TelemetryArgs,
};
use clap::{Args, Parser, ValueEnum};

/// Takes in what customers write on social channels, and carries replies back.
#[derive(Clone, Debug, Parser)]
#[command(name = "social-ingest", version)]
pub struct Config {
    /// The server.
    #[command(flatten)]
    pub server: ServerArgs,

    /// The webhooks.
    #[command(flatten)]
    pub webhooks: WebhookArgs,

    /// The way out.
    #[command(flatten)]
    pub delivery: DeliveryArgs,

    /// Keys that seal the credentials of sources, each 32 bytes in base64, separated by commas: the
    /// first seals, all open. Whoever loses them has to enter every credential again.
    #[arg(long, env = "CREDENTIALS_KEY", hide_env_values = true)]
    pub credentials_key: Redacted<String>,

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

    /// Address of messaging, which owns the words of replies.
    #[arg(long, env = "MESSAGING_URL", default_value = "http://127.0.0.1:50061")]
    pub messaging_url: String,

    /// How other services are called.
    #[command(flatten)]
    pub client: ClientArgs,

    /// The token this service calls others with.
    #[command(flatten)]
    pub token: TokenArgs,

    /// Traces, metrics and logs.
    #[command(flatten)]
    pub telemetry: TelemetryArgs,
}

/// Where webhooks come in and what strangers may do there.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct WebhookArgs {
    /// Address the webhook listener listens on: plain HTTP, behind whatever ends TLS.
    #[arg(long, env = "WEBHOOK_ADDR", default_value = "127.0.0.1:50053")]
    pub webhook_addr: SocketAddr,

    /// How far the signed time of a webhook may be from ours; what is older is a replay.
    #[arg(long, env = "WEBHOOK_WINDOW", default_value = "5m", value_parser = duration::parse)]
    pub webhook_window: Duration,

    /// Most webhooks worked on at once; the next is answered 503 and delivered again.
    #[arg(long, env = "WEBHOOK_MAX_CONCURRENCY", default_value_t = 256)]
    pub webhook_max_concurrency: usize,

    /// Most connections of webhooks open at once.
    #[arg(long, env = "WEBHOOK_MAX_CONNECTIONS", default_value_t = 1_024)]
    pub webhook_max_connections: usize,

    /// Longest time until the head, and then until the body, of a webhook has come.
    #[arg(long, env = "WEBHOOK_READ_TIMEOUT", default_value = "10s", value_parser = duration::parse)]
    pub webhook_read_timeout: Duration,
}

impl Default for WebhookArgs {
    fn default() -> Self {
        Self {
            webhook_addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 50053)),
            webhook_window: Duration::from_secs(5 * 60),
            webhook_max_concurrency: 256,
            webhook_max_connections: 1_024,
            webhook_read_timeout: Duration::from_secs(10),
        }
    }
}

/// How replies are carried to providers.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct DeliveryArgs {
    /// Which addresses a source may name as its provider's API.
    #[arg(long, env = "PROVIDER_REACH", value_enum, default_value_t = ProviderReach::Public)]
    pub provider_reach: ProviderReach,

    /// Longest wait for one call of a provider's API.
    #[arg(long, env = "PROVIDER_TIMEOUT", default_value = "10s", value_parser = duration::parse)]
    pub provider_timeout: Duration,

    /// How many threads replies are sent to at once; within a thread they go one by one.
    #[arg(long, env = "DELIVERY_PARALLEL", default_value_t = 8)]
    pub delivery_parallel: usize,

    /// Pause after a reply that surely did not leave; it doubles after each further attempt.
    #[arg(long, env = "DELIVERY_FIRST_PAUSE", default_value = "1s", value_parser = duration::parse)]
    pub delivery_first_pause: Duration,

    /// Longest pause between two attempts, unless the provider asks for more.
    #[arg(long, env = "DELIVERY_LONGEST_PAUSE", default_value = "60s", value_parser = duration::parse)]
    pub delivery_longest_pause: Duration,

    /// Age at which a reply that never left fails.
    #[arg(long, env = "DELIVERY_GIVE_UP_AFTER", default_value = "1h", value_parser = duration::parse)]
    pub delivery_give_up_after: Duration,

    /// How long a reply may be on its way out before others say that its outcome is unknown; at
    /// least twice the provider timeout is taken.
    #[arg(long, env = "DELIVERY_LEASE", default_value = "30s", value_parser = duration::parse)]
    pub delivery_lease: Duration,
}

/// Which addresses a source may name as its provider's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProviderReach {
    /// Public ones by https only: nobody's settings reach into our own network.
    Public,
    /// Any: for emulators on the same machine.
    Anywhere,
}

impl Default for DeliveryArgs {
    fn default() -> Self {
        Self {
            provider_reach: ProviderReach::Public,
            provider_timeout: Duration::from_secs(10),
            delivery_parallel: 8,
            delivery_first_pause: Duration::from_secs(1),
            delivery_longest_pause: Duration::from_secs(60),
            delivery_give_up_after: Duration::from_secs(60 * 60),
            delivery_lease: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_left_out_have_the_default_settings() {
        let parsed = Config::parse_from([
            "social-ingest",
            "--database-url",
            "sqlite://a.db",
            "--credentials-key",
            "canary",
        ]);

        assert_eq!(parsed.webhooks, WebhookArgs::default());
        assert_eq!(parsed.delivery, DeliveryArgs::default());
        assert!(!format!("{parsed:?}").contains("canary"));
    }
}
