//! SQLite: one file, one writing connection that begins IMMEDIATE, a few reading ones.

use std::{
    path::Path,
    str::FromStr,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use sea_orm::{
    DatabaseConnection, SqlxSqliteConnector, TransactionTrait,
    sqlx::{
        ConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};
use sea_orm_migration::MigratorTrait;

use super::{Database, DatabaseArgs, DbFailure, transactions};

/// Readers beside the writer. Each is a thread, and one file gains little from more.
const READERS: u32 = 4;

/// Time between two tries to open a file that another process holds for a moment.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) async fn connect<M: MigratorTrait>(args: &DatabaseArgs) -> anyhow::Result<Database> {
    let options = options(&args.database_url, args.database_lock_timeout)?;
    make_folder(options.get_filename()).await?;

    let writing = options.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let writer = pool(1, args, writing).await.context("open file")?;
    migrate::<M>(&writer).await.context("apply migrations")?;
    let reading = options.pragma("query_only", "ON");
    let readers = pool(READERS, args, reading).await.context("open file")?;
    Ok(Database::new(writer, readers, READERS))
}

fn options(url: &str, busy_timeout: Duration) -> anyhow::Result<SqliteConnectOptions> {
    let file = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let (path, parameters) = file.split_once('?').unwrap_or((file, ""));
    if path.is_empty() || path == ":memory:" || parameters.contains("mode=memory") {
        bail!(
            "`DATABASE_URL` must name a file: what is only in memory is lost at the first restart"
        );
    }
    Ok(SqliteConnectOptions::from_str(url)
        .context("read `DATABASE_URL`")?
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(busy_timeout)
        .disable_statement_logging())
}

async fn make_folder(file: &Path) -> anyhow::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => tokio::fs::create_dir_all(folder)
            .await
            .with_context(|| format!("make folder `{}`", folder.display())),
        Some(_) | None => Ok(()),
    }
}

async fn pool(
    size: u32,
    args: &DatabaseArgs,
    options: SqliteConnectOptions,
) -> anyhow::Result<DatabaseConnection> {
    let pool = SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(args.database_acquire_timeout)
        // A file does not go away while idle, and opening it again costs more than keeping it.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None);
    let deadline = Instant::now() + args.database_connect_timeout;
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Ok(pool) => return Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)),
            // Going over to the write-ahead log takes a lock that SQLite's own timeout does not wait for.
            Err(error) if Instant::now() < deadline && DbFailure::from(&error).is_transient() => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Applies all migrations in one transaction: a process killed in the middle leaves the old schema,
/// and a second process that starts meanwhile waits.
async fn migrate<M: MigratorTrait>(writer: &DatabaseConnection) -> anyhow::Result<()> {
    let txn = writer.begin_with_options(transactions::IMMEDIATE).await.map_err(DbFailure::from)?;
    M::up(&txn, None).await.map_err(transactions::migration_failure)?;
    txn.commit().await.map_err(DbFailure::from)?;
    Ok(())
}
