//! The settings of the server: addresses, limits and how long stopping may take.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use clap::{ArgAction, Args};

use super::connections::ConnectionLimits;
use crate::duration;

/// Where the server listens, what it bounds and how it stops.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct ServerArgs {
    /// Address the gRPC server listens on.
    #[arg(long, env = "LISTEN_ADDR", default_value = "127.0.0.1:50051")]
    pub listen_addr: SocketAddr,

    /// Address the health server listens on, plaintext and without a token, as probes need it.
    #[arg(long, env = "HEALTH_ADDR", default_value = "127.0.0.1:50052")]
    pub health_addr: SocketAddr,

    /// Largest request message, in bytes.
    #[arg(long, env = "MAX_REQUEST_BYTES", default_value_t = 4 * 1024 * 1024)]
    pub max_request_bytes: usize,

    /// Longest time a call may take, whatever its caller asked for.
    #[arg(long, env = "MAX_DEADLINE", default_value = "60s", value_parser = duration::parse)]
    pub max_deadline: Duration,

    /// Time between reporting not ready and refusing connections, for load balancers to notice.
    #[arg(long, env = "PRE_STOP_DELAY", default_value = "0s", value_parser = duration::parse)]
    pub pre_stop_delay: Duration,

    /// Longest time a stopping server waits for what is in flight.
    #[arg(long, env = "DRAIN_TIMEOUT", default_value = "20s", value_parser = duration::parse)]
    pub drain_timeout: Duration,

    /// Whether the server describes its methods to anyone who asks, without a token.
    #[arg(long, env = "REFLECTION", default_value_t = true, action = ArgAction::Set)]
    pub reflection: bool,

    /// Most connections open at once.
    #[arg(long, env = "MAX_CONNECTIONS", default_value_t = 10_000)]
    pub max_connections: usize,

    /// Most calls in flight on one connection.
    #[arg(long, env = "MAX_STREAMS_PER_CONNECTION", default_value_t = 1_000)]
    pub max_streams_per_connection: u32,

    /// How often an open connection is checked by a ping.
    #[arg(long, env = "SERVER_KEEPALIVE_INTERVAL", default_value = "30s", value_parser = duration::parse)]
    pub server_keepalive_interval: Duration,

    /// How many requests are worked on at once.
    #[command(flatten)]
    pub admission: AdmissionArgs,
}

/// Bounds of the adaptive limit on concurrent requests.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct AdmissionArgs {
    /// Latency above which the server counts as overloaded and admits fewer requests.
    #[arg(long, env = "ADMISSION_TARGET_LATENCY", default_value = "500ms", value_parser = duration::parse)]
    pub admission_target_latency: Duration,

    /// Fewest requests admitted at once, however slow they are.
    #[arg(long, env = "ADMISSION_MIN_CONCURRENCY", default_value_t = 16)]
    pub admission_min_concurrency: usize,

    /// Most requests admitted at once, however fast they are.
    #[arg(long, env = "ADMISSION_MAX_CONCURRENCY", default_value_t = 1_024)]
    pub admission_max_concurrency: usize,
}

impl Default for ServerArgs {
    fn default() -> Self {
        Self {
            listen_addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 50051)),
            health_addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 50052)),
            max_request_bytes: 4 * 1024 * 1024,
            max_deadline: Duration::from_secs(60),
            pre_stop_delay: Duration::ZERO,
            drain_timeout: Duration::from_secs(20),
            reflection: true,
            max_connections: 10_000,
            max_streams_per_connection: 1_000,
            server_keepalive_interval: Duration::from_secs(30),
            admission: AdmissionArgs::default(),
        }
    }
}

impl Default for AdmissionArgs {
    fn default() -> Self {
        Self {
            admission_target_latency: Duration::from_millis(500),
            admission_min_concurrency: 16,
            admission_max_concurrency: 1_024,
        }
    }
}

impl ServerArgs {
    pub(super) fn connection_limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            max_connections: self.max_connections,
            max_streams: self.max_streams_per_connection,
            keepalive_interval: self.server_keepalive_interval,
            drain_timeout: self.drain_timeout,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches};

    use super::*;

    #[test]
    fn the_default_is_what_an_empty_command_line_says() {
        let matches = ServerArgs::augment_args(Command::new("it")).get_matches_from(["it"]);

        assert_eq!(ServerArgs::from_arg_matches(&matches).unwrap(), ServerArgs::default());
    }
}
