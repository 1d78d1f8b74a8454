//! The few expressions that PostgreSQL and SQLite write differently.

use sea_orm::DbBackend;

/// The database's own clock in milliseconds since 1970: every process that shares it agrees on it.
pub(crate) fn now_ms(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
        _ => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
    }
}

/// Keeps the rows a SELECT found from being changed until the transaction ends. SQLite has one writer
/// at a time and needs no such words.
pub(crate) fn share_lock(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "FOR SHARE",
        _ => "",
    }
}

/// Keeps the rows a SELECT found from being changed, shared or locked by others.
pub(crate) fn lock(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "FOR UPDATE",
        _ => "",
    }
}

/// The `number`th placeholder of a statement, from 1.
fn placeholder(backend: DbBackend, number: usize) -> String {
    match backend {
        DbBackend::Postgres => format!("${number}"),
        _ => format!("?{number}"),
    }
}

/// Placeholders in brackets for `rows` of `columns` each.
pub(crate) fn rows(backend: DbBackend, rows: usize, columns: usize) -> String {
    let row = |row: usize| list(backend, row * columns, columns);
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// `count` placeholders in brackets, after the first `after`.
pub(crate) fn list(backend: DbBackend, after: usize, count: usize) -> String {
    let numbers = after + 1..=after + count;
    let list: Vec<String> = numbers.map(|number| placeholder(backend, number)).collect();
    format!("({})", list.join(", "))
}

/// Writes a statement for either database: `$1` becomes `?1` on SQLite.
pub(crate) fn statement(
    backend: DbBackend,
    sql: impl AsRef<str>,
    values: impl IntoIterator<Item = sea_orm::Value>,
) -> sea_orm::Statement {
    let sql = match backend {
        DbBackend::Postgres => sql.as_ref().to_owned(),
        _ => sql.as_ref().replace('$', "?"),
    };
    sea_orm::Statement::from_sql_and_values(backend, sql, values)
}
