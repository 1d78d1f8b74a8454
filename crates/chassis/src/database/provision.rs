//! Makes a database on a PostgreSQL server for a service that finds none, as a laptop or a demo wants it.

use std::str::FromStr;

use anyhow::{Context, bail};
use sea_orm::sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Error, Executor, postgres::PgConnectOptions,
};

use super::DbFailure;

/// Makes the database of `service` on the server of `url` if it is missing, and returns its URL.
///
/// It is named after the database of `url`: `kith` gives `kith_customer`. Fails if the server cannot be reached, or
/// if its user may not create databases.
pub async fn provision(url: &str, service: &str) -> anyhow::Result<String> {
    let options = PgConnectOptions::from_str(url)
        // The cause may quote the URL, and the URL may hold a password.
        .map_err(|_| anyhow::anyhow!("`DATABASE_URL` is not a PostgreSQL URL"))?
        .disable_statement_logging();
    let (address, query) = url.split_once('?').map_or((url, None), |(a, q)| (a, Some(q)));
    let Some((server, base)) = address.rsplit_once('/').filter(|(_, base)| !base.is_empty()) else {
        bail!("`DATABASE_URL` must name a database: `postgres://user@host/kith`");
    };
    let name = format!("{base}_{}", service.replace('-', "_"));
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') || 63 < name.len() {
        bail!("the database of `DATABASE_URL` must have a plain name of letters, digits and `_`");
    }

    let mut connection =
        options.connect().await.map_err(failure).context("connect to the PostgreSQL server")?;
    let created = connection.execute(AssertSqlSafe(format!("CREATE DATABASE \"{name}\""))).await;
    connection.close().await.map_err(failure)?;
    match created {
        Ok(_) => (),
        // 42P04: it exists; 23505: another process made it at this moment.
        Err(Error::Database(error))
            if matches!(error.code().as_deref(), Some("42P04" | "23505")) => {}
        Err(error) => {
            return Err(failure(error)).with_context(|| format!("create database `{name}`"));
        }
    }
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Ok(format!("{server}/{name}{query}"))
}

fn failure(error: Error) -> anyhow::Error {
    DbFailure::from(sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into()))).into()
}
