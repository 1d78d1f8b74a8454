//! How transactions begin: in a tenant, for reading or for writing, on a connection that is alive.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sea_query::{InsertStatement, PostgresQueryBuilder},
};

use super::{Database, DbFailure};
use crate::tenant::TenantId;

/// Takes SQLite's write lock at once: a later upgrade would fail instead of waiting.
pub(super) const IMMEDIATE: TransactionOptions = TransactionOptions {
    isolation_level: None,
    access_mode: None,
    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
};

/// How often work that lost a race is run in all.
const ATTEMPTS: u32 = 5;

/// Whose rows a transaction may touch.
#[derive(Clone, Copy)]
enum Scope {
    Tenant(TenantId),
    /// Background work across tenants.
    System,
}

impl Database {
    /// Begins reading one snapshot of the tenant's rows. Drop it when done.
    pub async fn read(&self, tenant: TenantId) -> Result<DatabaseTransaction, DbErr> {
        self.begin_reading(Scope::Tenant(tenant)).await
    }

    /// Begins reading one snapshot across tenants, for background work only.
    pub async fn read_system(&self) -> Result<DatabaseTransaction, DbErr> {
        self.begin_reading(Scope::System).await
    }

    /// Begins writing in the tenant. Rolled back unless committed; wake the relay after the commit.
    ///
    /// SQLite has one writer: whoever begins a second while holding the first waits for itself, until
    /// the wait for a connection times out.
    pub async fn begin(&self, tenant: TenantId) -> Result<DatabaseTransaction, DbErr> {
        self.begin_writing(Scope::Tenant(tenant)).await
    }

    /// Begins writing across tenants, for background work only.
    pub async fn begin_system(&self) -> Result<DatabaseTransaction, DbErr> {
        self.begin_writing(Scope::System).await
    }

    /// Begins writing in the tenant with `insert` as the first statement, and tells how many rows that
    /// added. On PostgreSQL it travels with the tenant: a round trip is most of what a command costs.
    pub(crate) async fn begin_with(
        &self,
        tenant: TenantId,
        insert: &InsertStatement,
    ) -> Result<(DatabaseTransaction, u64), DbErr> {
        let txn = self.begin_on(&self.writer, IMMEDIATE).await?;
        let added = match self.backend() {
            DbBackend::Postgres => {
                let insert = insert.to_string(PostgresQueryBuilder);
                let both = format!("{}; {insert}", set_tenant(Scope::Tenant(tenant)));
                txn.execute_unprepared(&both).await?
            }
            _ => txn.execute(insert).await?,
        };
        Ok((txn, added.rows_affected()))
    }

    async fn begin_reading(&self, scope: Scope) -> Result<DatabaseTransaction, DbErr> {
        let txn = self.begin_on(&self.reader, TransactionOptions::default()).await?;
        if self.backend() == DbBackend::Postgres {
            let snapshot = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
            txn.execute_unprepared(&format!("{snapshot}; {}", set_tenant(scope))).await?;
        }
        Ok(txn)
    }

    async fn begin_writing(&self, scope: Scope) -> Result<DatabaseTransaction, DbErr> {
        let txn = self.begin_on(&self.writer, IMMEDIATE).await?;
        if self.backend() == DbBackend::Postgres {
            txn.execute_unprepared(&set_tenant(scope)).await?;
        }
        Ok(txn)
    }

    /// Begins on a live connection. After a restart of the database each pooled one is found dead
    /// exactly once, and nothing has been sent over it, so the next is tried.
    async fn begin_on(
        &self,
        pool: &DatabaseConnection,
        options: TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        let mut dead = 0;
        loop {
            match pool.begin_with_options(options).await {
                Ok(txn) => return Ok(txn),
                Err(error)
                    if dead < self.pool_size && DbFailure::from(&error).is_lost_connection() =>
                {
                    dead += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Sets the tenant until the transaction ends: the same as `set_config('kith.tenant', …, true)`, but
/// it returns no row. A UUID and `*` need no quoting.
fn set_tenant(scope: Scope) -> String {
    match scope {
        Scope::Tenant(tenant) => format!("SET LOCAL kith.tenant = '{tenant}'"),
        Scope::System => "SET LOCAL kith.tenant = '*'".into(),
    }
}

/// Runs a whole transaction again, a few times, while it loses races against others.
///
/// `is_lost_race` looks into the caller's own error for [`DbFailure::is_lost_race`]. The work must
/// begin its own transaction and do nothing outside it.
pub async fn retrying<T, E, W>(
    mut work: impl FnMut() -> W,
    is_lost_race: impl Fn(&E) -> bool,
) -> Result<T, E>
where
    W: Future<Output = Result<T, E>>,
{
    let mut attempt = 1;
    loop {
        match work().await {
            Err(error) if attempt < ATTEMPTS && is_lost_race(&error) => attempt += 1,
            outcome => return outcome,
        }
    }
}

/// Says why migrations failed: the migrator's own words, or what the database may say.
pub(super) fn migration_failure(error: DbErr) -> anyhow::Error {
    match error {
        DbErr::Custom(words) | DbErr::Migration(words) => anyhow::Error::msg(words),
        error => DbFailure::from(error).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lost_races_are_run_again_a_bounded_number_of_times() {
        let mut runs = 0;

        let outcome: Result<(), &str> = retrying(
            || {
                runs += 1;
                async { Err("40001") }
            },
            |error| *error == "40001",
        )
        .await;

        assert_eq!(outcome, Err("40001"));
        assert_eq!(runs, ATTEMPTS);
    }

    #[tokio::test]
    async fn other_failures_are_not_run_again() {
        let mut runs = 0;

        let outcome: Result<(), &str> = retrying(
            || {
                runs += 1;
                async { Err("23505") }
            },
            |error| *error == "40001",
        )
        .await;

        assert_eq!(outcome, Err("23505"));
        assert_eq!(runs, 1);
    }
}
