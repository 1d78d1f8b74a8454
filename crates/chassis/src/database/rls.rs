//! Row-level security on PostgreSQL: the role that applications act as, and the policy of their tables.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::SchemaManager;

/// The role that application connections act as. It owns no table, so no policy is waived for it.
///
/// All databases of one cluster share it; it cannot log in.
pub const APP_ROLE: &str = "kith_app";

/// Puts `tables` under forced row-level security by their column `tenant_id`.
///
/// A transaction then sees and writes only rows of the tenant it was begun for, whatever its
/// statements say; one begun for the system sees all, and one begun for nobody sees none. Does
/// nothing on SQLite, where statements must name the tenant themselves. Call it in the migration that
/// creates the tables.
pub async fn tenant_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    match connection.get_database_backend() {
        DbBackend::Postgres => (),
        DbBackend::Sqlite => return Ok(()),
        backend => {
            return Err(DbErr::BackendNotSupported { db: backend.as_str(), ctx: "tenant tables" });
        }
    }
    make_app_role(connection).await?;
    for table in tables {
        connection.execute_unprepared(&policy(table)?).await?;
    }
    Ok(())
}

fn policy(table: &str) -> Result<String, DbErr> {
    if !table.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return Err(DbErr::Migration(format!("`{table}` is not the name of a table")));
    }
    // A sub-select is evaluated once for a statement where a bare call would be for every row, and
    // uuids compare faster than their texts: together a third of the time on a long scan.
    let setting = "(SELECT current_setting('kith.tenant', true))";
    let tenant = "(SELECT nullif(nullif(current_setting('kith.tenant', true), '*'), '')::uuid)";
    let visible = format!("{setting} = '*' OR tenant_id = {tenant}");
    Ok(format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; \
         ALTER TABLE {table} FORCE ROW LEVEL SECURITY; \
         DROP POLICY IF EXISTS kith_tenant ON {table}; \
         CREATE POLICY kith_tenant ON {table} \
             USING ({visible}) WITH CHECK ({visible}); \
         GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP_ROLE}"
    ))
}

/// Makes the role if the cluster lacks it, and lets the current user act as it.
///
/// Databases of one cluster share roles but no lock, so another process may be doing the same at the
/// same moment: what it has done already is success. A user who may not grant, because an
/// administrator has done it before, learns of a missing grant from `SET ROLE`.
pub(super) async fn make_app_role(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let statement = format!(
        "DO $$
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
                BEGIN
                    CREATE ROLE {APP_ROLE} NOLOGIN;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                END;
            END IF;
            IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                BEGIN
                    GRANT {APP_ROLE} TO CURRENT_USER;
                EXCEPTION
                    WHEN insufficient_privilege OR unique_violation OR internal_error THEN NULL;
                END;
            END IF;
        END $$"
    );
    connection.execute_unprepared(&statement).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_become_part_of_a_statement() {
        assert!(policy("contacts").is_ok());
        assert!(policy("contacts; DROP TABLE x").is_err());
    }
}
