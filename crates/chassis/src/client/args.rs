//! The settings of clients: how long calls may take, and how often they may be repeated.

use std::time::Duration;

use clap::Args;

use crate::duration;

/// How other services are called.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct ClientArgs {
    /// Longest time a call may take, retries included, if the caller of this service left more.
    #[arg(long, env = "CLIENT_DEADLINE", default_value = "5s", value_parser = duration::parse)]
    pub client_deadline: Duration,

    /// Longest time opening a connection may take.
    #[arg(long, env = "CLIENT_CONNECT_TIMEOUT", default_value = "2s", value_parser = duration::parse)]
    pub client_connect_timeout: Duration,

    /// How often an idle connection is checked by a ping.
    #[arg(long, env = "CLIENT_KEEPALIVE_INTERVAL", default_value = "20s", value_parser = duration::parse)]
    pub client_keepalive_interval: Duration,

    /// How often a name is looked up again.
    #[arg(long, env = "CLIENT_DNS_INTERVAL", default_value = "15s", value_parser = duration::parse)]
    pub client_dns_interval: Duration,

    /// Most times a call is sent, the first included.
    #[arg(long, env = "CLIENT_MAX_ATTEMPTS", default_value_t = 3)]
    pub client_max_attempts: u32,

    /// Retries that may be made before calls have earned any.
    #[arg(long, env = "CLIENT_RETRY_RESERVE", default_value_t = 10)]
    pub retry_reserve: u32,

    /// Retries that calls earn, in percent of their number.
    #[arg(long, env = "CLIENT_RETRY_PERCENT", default_value_t = 10)]
    pub retry_percent: u32,

    /// Largest request that is kept to be sent again, in bytes.
    #[arg(long, env = "CLIENT_MAX_REPLAY_BYTES", default_value_t = 256 * 1024)]
    pub client_max_replay_bytes: usize,
}

impl Default for ClientArgs {
    fn default() -> Self {
        Self {
            client_deadline: Duration::from_secs(5),
            client_connect_timeout: Duration::from_secs(2),
            client_keepalive_interval: Duration::from_secs(20),
            client_dns_interval: Duration::from_secs(15),
            client_max_attempts: 3,
            retry_reserve: 10,
            retry_percent: 10,
            client_max_replay_bytes: 256 * 1024,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, FromArgMatches};

    use super::*;

    #[test]
    fn the_default_is_what_an_empty_command_line_says() {
        let matches = ClientArgs::augment_args(Command::new("it")).get_matches_from(["it"]);

        assert_eq!(ClientArgs::from_arg_matches(&matches).unwrap(), ClientArgs::default());
    }
}
