//! PostgreSQL: migrations as the owner under one lock, everything else as a role that owns nothing.

use std::{str::FromStr, time::Duration};

use anyhow::Context;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbErr, SqlxPostgresConnector,
    sqlx::{
        AssertSqlSafe, ConnectOptions, Connection, Executor,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};
use sea_orm_migration::MigratorTrait;

use super::{Database, DatabaseArgs, DbFailure, rls, transactions};

/// The advisory lock that lets one process at a time migrate a database: `kith` in ASCII.
const MIGRATION_LOCK: i64 = 0x6b69_7468;

/// A pooled connection that was idle for longer is tried before it is handed out.
const TRUST_IDLE: Duration = Duration::from_secs(30);

pub(super) async fn connect<M: MigratorTrait>(args: &DatabaseArgs) -> anyhow::Result<Database> {
    let options = PgConnectOptions::from_str(&args.database_url)
        // The cause may quote the URL, and the URL may hold a password.
        .map_err(|_| anyhow::anyhow!("`DATABASE_URL` is not a PostgreSQL URL"))?
        .application_name(&args.database_application_name)
        .disable_statement_logging();

    let owner = owner(args, options.clone()).await.context("connect")?;
    let migrated = migrate::<M>(&owner).await.context("apply migrations");
    // Closing the connection also gives back the lock, whatever happened under it.
    owner.close().await.map_err(DbFailure::from)?;
    migrated?;

    let pool = pool(args, options).await.context("connect as `kith_app`")?;
    Ok(Database::new(pool.clone(), pool, args.database_max_connections))
}

/// One connection as the user of the URL. It must not be replaced, or its lock would be lost.
async fn owner(
    args: &DatabaseArgs,
    options: PgConnectOptions,
) -> anyhow::Result<DatabaseConnection> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(args.database_connect_timeout)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(options)
        .await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

async fn migrate<M: MigratorTrait>(owner: &DatabaseConnection) -> anyhow::Result<()> {
    prepare(owner).await.map_err(DbFailure::from).context(
        "make role `kith_app`: the user of `DATABASE_URL` needs CREATEROLE, or the role beforehand",
    )?;
    try_role(owner)
        .await
        .map_err(DbFailure::from)
        .context("act as role `kith_app`: it must be granted to the user of `DATABASE_URL`")?;
    M::up(owner, None).await.map_err(transactions::migration_failure)?;
    grant(owner).await.map_err(DbFailure::from).context("grant tables to `kith_app`")
}

/// Takes the lock, and lets migrations see the rows of every tenant even where the owner may not.
async fn prepare(owner: &DatabaseConnection) -> Result<(), DbErr> {
    owner
        .execute_unprepared(&format!(
            "SELECT pg_advisory_lock({MIGRATION_LOCK}), set_config('kith.tenant', '*', false)"
        ))
        .await?;
    rls::make_app_role(owner).await
}

/// Fails now and clearly, where a connection of the pool would try again until its timeout.
async fn try_role(owner: &DatabaseConnection) -> Result<(), DbErr> {
    owner.execute_unprepared(&format!("SET ROLE {}; RESET ROLE", rls::APP_ROLE)).await?;
    Ok(())
}

/// Lets the application's role use the tables of the schema, but not the list of migrations.
async fn grant(owner: &DatabaseConnection) -> Result<(), DbErr> {
    let statements = "
        DO $$
        DECLARE place text := quote_ident(current_schema());
        BEGIN
            EXECUTE 'GRANT USAGE ON SCHEMA ' || place || ' TO kith_app';
            EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ' || place || ' TO kith_app';
            EXECUTE 'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ' || place || ' TO kith_app';
            EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA ' || place
                || ' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kith_app';
            EXECUTE 'ALTER DEFAULT PRIVILEGES IN SCHEMA ' || place
                || ' GRANT USAGE, SELECT ON SEQUENCES TO kith_app';
            IF to_regclass('seaql_migrations') IS NOT NULL THEN
                REVOKE ALL ON seaql_migrations FROM kith_app;
            END IF;
        END $$";
    owner.execute_unprepared(statements).await?;
    Ok(())
}

/// The connections that transactions use: not the owner, UTC, and every wait bounded.
async fn pool(
    args: &DatabaseArgs,
    options: PgConnectOptions,
) -> anyhow::Result<DatabaseConnection> {
    let session = format!(
        "SET ROLE {role}; \
         SET statement_timeout = {statement}; \
         SET lock_timeout = {lock}; \
         SET idle_in_transaction_session_timeout = {idle}; \
         SET default_transaction_isolation = 'read committed'",
        role = rls::APP_ROLE,
        statement = args.database_statement_timeout.as_millis(),
        lock = args.database_lock_timeout.as_millis(),
        idle = args.database_idle_transaction_timeout.as_millis(),
    );
    let pool = PgPoolOptions::new()
        .max_connections(args.database_max_connections)
        .acquire_timeout(args.database_acquire_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, seen| {
            Box::pin(async move {
                if TRUST_IDLE <= seen.idle_for {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| {
            let session = AssertSqlSafe(session.clone());
            Box::pin(async move { connection.execute(session).await.map(drop) })
        })
        .connect_with(options)
        .await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}
