//! A database of a test's own: a SQLite file, or a PostgreSQL database that goes when the test ends.

use chassis::database::{Database, DatabaseArgs};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr};
use sea_orm_migration::MigratorTrait;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::outside;

const PREFIX: &str = "kith_test_";

/// Several services of several tests share one server.
const MAX_CONNECTIONS: u32 = 5;

/// An empty database that nobody else uses. It is gone when this is dropped.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder { _folder: TempDir },
    Server { url: String, name: String },
}

impl TestDatabase {
    /// Makes the database. Panics if the server of `DATABASE_URL` refuses.
    pub async fn new() -> Self {
        let Some(server) = outside::database_url() else {
            let folder = tempfile::tempdir().expect("make a folder for SQLite");
            let url = format!("sqlite://{}", folder.path().join("test.db").display());
            return Self { url, place: Place::Folder { _folder: folder } };
        };
        let name = outside::unique(PREFIX);
        let Some(url) = with_database(&server, &name) else {
            panic!("`DATABASE_URL` must look like `postgres://user@host:port/database`");
        };
        let admin = connect(&server).await.expect("connect to the server of `DATABASE_URL`");
        remove_leftovers_once(&admin).await;
        admin
            .execute_unprepared(&format!("CREATE DATABASE {name}"))
            .await
            .expect("create a database on the server of `DATABASE_URL`");
        close(admin).await;
        Self { url, place: Place::Server { url: server, name } }
    }

    /// Makes the database, migrated by `M`, and connects to it.
    pub async fn migrated<M: MigratorTrait>() -> (Self, Database) {
        let database = Self::new().await;
        let connected = database.connect::<M>().await;
        (database, connected)
    }

    /// Where it is, as a service's `DATABASE_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The settings that lead to it.
    pub fn args(&self) -> DatabaseArgs {
        DatabaseArgs { database_max_connections: MAX_CONNECTIONS, ..DatabaseArgs::new(&self.url) }
    }

    /// Applies the migrations of `M` that are missing and connects, as a service does when it starts.
    pub async fn connect<M: MigratorTrait>(&self) -> Database {
        self.args().connect::<M>().await.expect("migrate and connect the test's database")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Place::Server { url, name } = &self.place else { return };
        let (url, name) = (url.clone(), name.clone());
        outside::finish(async move {
            // The server may be gone on purpose. Whatever stays is left over for a later run.
            if let Ok(admin) = connect(&url).await {
                let _ = remove_family(&admin, &name).await;
                close(admin).await;
            }
        });
    }
}

async fn connect(server: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await
}

async fn close(admin: DatabaseConnection) {
    admin.close().await.expect("closing a connection in use by nobody cannot fail");
}

/// `FORCE`, because background work of the test may not have ended yet.
async fn remove(admin: &DatabaseConnection, name: &str) -> Result<(), DbErr> {
    admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    Ok(())
}

/// Removes the database and those a platform made beside it, named `<name>_<service>`.
async fn remove_family(admin: &DatabaseConnection, name: &str) -> Result<(), DbErr> {
    for member in databases(admin, name).await? {
        remove(admin, &member).await?;
    }
    Ok(())
}

async fn databases(admin: &DatabaseConnection, prefix: &str) -> Result<Vec<String>, DbErr> {
    let select = format!("SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')");
    let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, select);
    let rows = admin.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "datname")).collect()
}

/// Removes what killed runs have left, once in a process.
async fn remove_leftovers_once(admin: &DatabaseConnection) {
    static DONE: OnceCell<()> = OnceCell::const_new();
    let remove_all = async || {
        let names = databases(admin, PREFIX).await.expect("list the server's databases");
        for name in names {
            if outside::is_left_over(&name, PREFIX, outside::now()) {
                // Another process may be removing it at this moment.
                let _ = remove(admin, &name).await;
            }
        }
    };
    DONE.get_or_init(remove_all).await;
}

/// The URL of another database on the same server.
fn with_database(url: &str, name: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "postgres" | "postgresql") {
        return None;
    }
    let (address, query) = match rest.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (rest, String::new()),
    };
    let host = address.split_once('/').map_or(address, |(host, _)| host);
    Some(format!("{scheme}://{host}/{name}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_a_url_is_replaced() {
        #[track_caller]
        fn check(url: &str, expected: Option<&str>) {
            assert_eq!(with_database(url, "x").as_deref(), expected);
        }

        check("postgres://u:p@h:1/a", Some("postgres://u:p@h:1/x"));
        check("postgresql://h/a?sslmode=disable", Some("postgresql://h/x?sslmode=disable"));
        check("postgres://h", Some("postgres://h/x"));
        check("mysql://h/a", None);
        check("h/a", None);
    }
}
