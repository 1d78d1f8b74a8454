//! The commands of `kith` and their settings: each is a flag, and where it makes sense a variable.

use std::path::PathBuf;

use chassis::{authn::Role, telemetry::TelemetryArgs, tenant::TenantId};
use clap::{Args, Parser, Subcommand};
use uuid::Uuid;

/// Kith, an open CRM platform for social and online communication, in one process.
#[derive(Debug, Parser)]
#[command(name = "kith", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `kith` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Starts the five services and runs them until Ctrl-C.
    Up(UpArgs),
    /// Prints a token of the local issuer, for calling a running platform.
    Token(TokenArgs),
    /// Prints a trace of a running platform as a tree, with every trace linked to it.
    Trace(TraceArgs),
    /// Runs a shop's day through a platform of its own and prints what came of it.
    Demo(DemoArgs),
}

/// Where the platform keeps everything.
#[derive(Debug, Clone, Args)]
pub struct DataDirArgs {
    /// Folder for databases, events and keys.
    #[arg(long, env = "DATA_DIR", default_value_os_t = default_data_dir())]
    pub data_dir: PathBuf,
}

/// Settings of `kith up`.
#[derive(Debug, Clone, Args)]
pub struct UpArgs {
    /// Folder for databases, events and keys.
    #[command(flatten)]
    pub data_dir: DataDirArgs,

    /// First of the ports: services, webhooks and traces take it and the six above it, the services' health the
    /// five from the tenth above it on; 0 takes free ones.
    #[arg(long, env = "PORT", default_value_t = 7400)]
    pub port: u16,

    /// PostgreSQL server to use instead of SQLite files: each service gets a database of its own there,
    /// named after this one.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Apache Kafka brokers to use instead of the local log, `host:port,…`.
    #[arg(long, env = "KAFKA_BROKERS")]
    pub kafka_brokers: Option<String>,

    /// Put before the name of every topic and consumer group, so that several platforms can share a Kafka.
    #[arg(long, env = "KAFKA_TOPIC_PREFIX", default_value = "")]
    pub kafka_topic_prefix: String,

    /// Partitions of a topic that is created on Kafka.
    #[arg(long, env = "KAFKA_PARTITIONS", default_value_t = 12)]
    pub kafka_partitions: i32,

    /// Prints one line of JSON when ready, instead of text.
    #[arg(long)]
    pub json: bool,

    /// Traces, metrics and logs.
    #[command(flatten)]
    pub telemetry: TelemetryArgs,
}

/// Settings of `kith token`.
#[derive(Debug, Clone, Args)]
pub struct TokenArgs {
    /// Folder of the platform whose issuer signs.
    #[command(flatten)]
    pub data_dir: DataDirArgs,

    /// The tenant to act in: a UUID, or any name, which always stands for the same UUID. `*` for a service that
    /// names the tenant with each call.
    #[arg(long, default_value = DEFAULT_TENANT, value_parser = parse_token_tenant)]
    pub tenant: String,

    /// What the bearer may do: `admin`, `agent`, `viewer` or `service`.
    #[arg(long, default_value = "admin")]
    pub role: Role,
}

/// Settings of `kith trace`.
#[derive(Debug, Clone, Args)]
pub struct TraceArgs {
    /// The trace id: 32 hexadecimal digits. Without one, the latest traces are listed.
    pub id: Option<String>,

    /// Folder of the running platform.
    #[command(flatten)]
    pub data_dir: DataDirArgs,
}

/// Settings of `kith demo`.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// Prints one JSON object instead of text.
    #[arg(long)]
    pub json: bool,

    /// How many webhooks to send.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub webhooks: u32,

    /// Folder to keep the demo's data in; a temporary one if left out.
    #[arg(long)]
    pub data_dir: Option<PathBuf>,
}

/// The tenant of tokens that name none.
pub const DEFAULT_TENANT: &str = "demo";

/// Names in this namespace are tenants: the same name is the same tenant on every machine.
const TENANT_NAMES: Uuid = Uuid::from_u128(0x0f1c_7a3e_6b1d_4c55_9f3a_6b69_7468_0001);

/// Reads a tenant: a UUID, or a name that stands for one.
pub fn parse_tenant(text: &str) -> Result<TenantId, String> {
    let text = text.trim();
    if text.is_empty() || 100 < text.len() {
        return Err("must have 1 to 100 characters".to_owned());
    }
    let id = Uuid::try_parse(text).unwrap_or_else(|_| Uuid::new_v5(&TENANT_NAMES, text.as_bytes()));
    Ok(TenantId::new(id))
}

/// Reads the tenant of a token: one, or `*` for all.
fn parse_token_tenant(text: &str) -> Result<String, String> {
    match text {
        "*" => Ok(text.to_owned()),
        one => Ok(parse_tenant(one)?.to_string()),
    }
}

/// `$XDG_DATA_HOME/kith`, else `~/.local/share/kith`, else `kith-data` here.
fn default_data_dir() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .map_or_else(|| PathBuf::from("kith-data"), |folder| folder.join("kith"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_a_uuid_or_a_name_that_stands_for_one() {
        let uuid = "0199f3a0-0000-7000-8000-00000000000a";

        assert_eq!(parse_tenant(uuid).unwrap().to_string(), uuid);
        assert_eq!(parse_tenant("acme").unwrap(), parse_tenant(" acme ").unwrap());
        assert_ne!(parse_tenant("acme").unwrap(), parse_tenant("demo").unwrap());
        assert!(parse_tenant("").is_err());
    }
}
