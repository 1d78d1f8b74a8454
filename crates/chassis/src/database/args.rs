//! Database settings, and the way from a URL to a migrated, connected database.

use std::{fmt, time::Duration};

use anyhow::{Context, bail};
use sea_orm_migration::MigratorTrait;

use super::{Database, postgres, sqlite};
use crate::duration;

/// Where the database is and how long a process waits for it.
#[derive(Clone, clap::Args)]
pub struct DatabaseArgs {
    /// Database to keep everything in: `sqlite://path/to/file.db` or `postgres://user@host/database`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: String,

    /// Most connections to PostgreSQL that this process opens; SQLite has one writer and a few readers.
    #[arg(long, env = "DATABASE_MAX_CONNECTIONS", default_value_t = Self::MAX_CONNECTIONS)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub database_max_connections: u32,

    /// Longest wait for a free connection before a request fails.
    #[arg(long, env = "DATABASE_ACQUIRE_TIMEOUT", default_value = "10s")]
    #[arg(value_parser = duration::parse)]
    pub database_acquire_timeout: Duration,

    /// Longest wait for the database to answer at start.
    #[arg(long, env = "DATABASE_CONNECT_TIMEOUT", default_value = "30s")]
    #[arg(value_parser = duration::parse)]
    pub database_connect_timeout: Duration,

    /// Longest that one statement may run on PostgreSQL.
    #[arg(long, env = "DATABASE_STATEMENT_TIMEOUT", default_value = "10s")]
    #[arg(value_parser = duration::parse)]
    pub database_statement_timeout: Duration,

    /// Longest wait for a lock that another transaction holds.
    #[arg(long, env = "DATABASE_LOCK_TIMEOUT", default_value = "5s")]
    #[arg(value_parser = duration::parse)]
    pub database_lock_timeout: Duration,

    /// Longest that a transaction on PostgreSQL may stay open between two statements.
    #[arg(long, env = "DATABASE_IDLE_TRANSACTION_TIMEOUT", default_value = "30s")]
    #[arg(value_parser = duration::parse)]
    pub database_idle_transaction_timeout: Duration,

    /// Name under which PostgreSQL lists the connections of this process.
    #[arg(long, env = "DATABASE_APPLICATION_NAME", default_value = "kith")]
    pub database_application_name: String,
}

impl DatabaseArgs {
    const MAX_CONNECTIONS: u32 = 10;

    /// The default settings for the database at `url`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            database_url: url.into(),
            database_max_connections: Self::MAX_CONNECTIONS,
            database_acquire_timeout: Duration::from_secs(10),
            database_connect_timeout: Duration::from_secs(30),
            database_statement_timeout: Duration::from_secs(10),
            database_lock_timeout: Duration::from_secs(5),
            database_idle_transaction_timeout: Duration::from_secs(30),
            database_application_name: "kith".into(),
        }
    }

    /// Applies the migrations of `M` and opens the connections.
    ///
    /// On SQLite the file and its folder are made if missing. On PostgreSQL the connecting user owns
    /// the tables; the connections that are handed out act as the role `kith_app`, which does not.
    pub async fn connect<M: MigratorTrait>(&self) -> anyhow::Result<Database> {
        match self.database_url.split_once(':') {
            Some(("sqlite", _)) => sqlite::connect::<M>(self).await.context("open SQLite database"),
            Some(("postgres" | "postgresql", _)) => {
                postgres::connect::<M>(self).await.context("open PostgreSQL database")
            }
            // The URL may hold a password, so it is not repeated.
            Some(_) | None => bail!("`DATABASE_URL` must begin with `sqlite://` or `postgres://`"),
        }
    }
}

/// The URL may hold a password.
impl fmt::Debug for DatabaseArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseArgs")
            .field("database_url", &"redacted")
            .field("database_max_connections", &self.database_max_connections)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        database: DatabaseArgs,
    }

    #[test]
    fn flags_left_out_have_the_default_settings() {
        let parsed = Command::parse_from(["x", "--database-url", "sqlite://a.db"]).database;
        let built = DatabaseArgs::new("sqlite://a.db");

        assert_eq!(parsed.database_max_connections, built.database_max_connections);
        assert_eq!(parsed.database_acquire_timeout, built.database_acquire_timeout);
        assert_eq!(parsed.database_connect_timeout, built.database_connect_timeout);
        assert_eq!(parsed.database_statement_timeout, built.database_statement_timeout);
        assert_eq!(parsed.database_lock_timeout, built.database_lock_timeout);
        assert_eq!(
            parsed.database_idle_transaction_timeout,
            built.database_idle_transaction_timeout
        );
        assert_eq!(parsed.database_application_name, built.database_application_name);
    }

    #[test]
    fn a_password_in_the_url_does_not_show() {
        let args = DatabaseArgs::new("postgres://kith:secret@localhost/kith");

        assert!(!format!("{args:?}").contains("secret"));
    }
}
