//! A database per test, and the one table the tests keep rows in.

use chassis::{
    database::{Database, DatabaseArgs, schema, tenant_tables},
    tenant::TenantId,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbErr, DeriveMigrationName, SqlxPostgresConnector,
    entity::prelude::*, sqlx::postgres::PgPoolOptions,
};
use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager, async_trait};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const ADA: TenantId = TenantId::new(Uuid::from_u128(0xada));
pub(crate) const BOB: TenantId = TenantId::new(Uuid::from_u128(0xb0b));

/// An empty database that ends with the test.
pub(crate) struct TestDatabase {
    pub(crate) args: DatabaseArgs,
    cluster: Option<(String, String)>,
    _folder: TempDir,
}

impl TestDatabase {
    /// On SQLite, unless `DATABASE_URL` names a PostgreSQL cluster to make a database in.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        match std::env::var("DATABASE_URL") {
            Ok(cluster) if cluster.starts_with("postgres") => {
                let name = format!("chassis_{}", Uuid::now_v7().simple());
                execute(&cluster, &format!("CREATE DATABASE {name}")).await;
                let mut args = DatabaseArgs::new(with_database(&cluster, &name));
                args.database_max_connections = 4;
                Self { args, cluster: Some((cluster, name)), _folder: folder }
            }
            _ => {
                let file = folder.path().join("not/yet/made/test.db");
                let args = DatabaseArgs::new(format!("sqlite://{}", file.display()));
                Self { args, cluster: None, _folder: folder }
            }
        }
    }

    /// Connects and migrates.
    pub(crate) async fn connect(&self) -> Database {
        self.args.connect::<Migrator>().await.unwrap()
    }

    /// Runs a statement as the user of the URL, past every policy; PostgreSQL only.
    pub(crate) async fn as_owner(&self, statement: &str) {
        execute(&self.args.database_url, statement).await;
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.cluster.is_some()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((cluster, name)) = self.cluster.take() else { return };
        // A drop cannot wait on the test's runtime, so a thread with its own does.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            runtime.unwrap().block_on(execute(&cluster, &statement));
        });
        if dropped.join().is_err() && !std::thread::panicking() {
            panic!("the test's database could not be dropped");
        }
    }
}

async fn execute(url: &str, statement: &str) {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await.unwrap();
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    connection.execute_unprepared(statement).await.unwrap();
    connection.close().await.unwrap();
}

fn with_database(cluster: &str, name: &str) -> String {
    let (base, parameters) = cluster.split_once('?').unwrap_or((cluster, ""));
    let (scheme, rest) = base.split_once("://").unwrap();
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    format!("{scheme}://{host}/{name}?{parameters}")
}

/// A row of the test's table.
pub(crate) mod note {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notes")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(crate) id: Uuid,
        pub(crate) title: String,
        pub(crate) create_time: DateTime<Utc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Adds a note now.
pub(crate) async fn add_note(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    title: &str,
) -> Result<Uuid, DbErr> {
    add_note_at(conn, tenant, title, chassis::clock::Clock::system().now()).await
}

/// Adds a note at `time`.
pub(crate) async fn add_note_at(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    title: &str,
    time: DateTime<Utc>,
) -> Result<Uuid, DbErr> {
    let id = Uuid::now_v7();
    let row = note::ActiveModel {
        tenant_id: Set(tenant.as_uuid()),
        id: Set(id),
        title: Set(title.into()),
        create_time: Set(time),
    };
    note::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(id)
}

/// How many notes a transaction sees when it does not name a tenant.
pub(crate) async fn count_notes(conn: &impl ConnectionTrait) -> u64 {
    note::Entity::find().count(conn).await.unwrap()
}

/// What a service's migrator looks like.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations = chassis::migrations();
        migrations.push(Box::new(CreateNotes));
        migrations
    }
}

#[derive(DeriveMigrationName)]
pub(crate) struct CreateNotes;

#[async_trait::async_trait]
impl MigrationTrait for CreateNotes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut notes = schema::tenant_table("notes");
        notes.col(schema::string("title")).col(schema::timestamp_with_time_zone("create_time"));
        manager.create_table(notes).await?;
        manager.create_index(schema::unique("notes", &["tenant_id", "title"])).await?;
        tenant_tables(manager, &["notes"]).await
    }
}
