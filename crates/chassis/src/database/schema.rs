//! Words for migrations: the columns, keys and indexes that every table of ours has.
//!
//! Column helpers are those of `sea_orm_migration::schema`. Times are `timestamp_with_time_zone` and
//! must be read and written as `DateTime<Utc>`: SQLite keeps them as text that sorts only in one zone.

use sea_orm_migration::prelude::{
    Index, IndexCreateStatement, IntoColumnDef, Table, TableCreateStatement,
};
pub use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_null, boolean, double, double_null, integer,
    integer_null, small_integer, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

/// Begins a table whose rows belong to a tenant: columns `tenant_id` and `id`, which are its key.
pub fn tenant_table(name: &'static str) -> TableCreateStatement {
    keyed_table(name, [uuid("id")], &["id"])
}

/// Begins a table of a tenant with a key of its own behind `tenant_id`.
pub fn keyed_table(
    name: &'static str,
    columns: impl IntoIterator<Item = impl IntoColumnDef>,
    key: &[&'static str],
) -> TableCreateStatement {
    let mut primary = Index::create().name(format!("{name}_pkey")).col("tenant_id").take();
    for column in key {
        primary.col(*column);
    }
    let mut table = Table::create().table(name).col(uuid("tenant_id")).take();
    for column in columns {
        table.col(column);
    }
    table.primary_key(&mut primary).take()
}

/// An index on `columns`, named after them.
pub fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let name = format!("{table}_{}_idx", columns.join("_"));
    let mut index = Index::create().table(table).name(name).take();
    for column in columns {
        index.col(*column);
    }
    index
}

/// A unique index on `columns`, named after them, so that [`unique_violation`] tells which key it was
/// on both databases. Add `.and_where(…)` where a deleted row must not block its successor.
///
/// [`unique_violation`]: super::unique_violation
pub fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let name = format!("{table}_{}_key", columns.join("_"));
    index(table, columns).name(name).unique().take()
}
