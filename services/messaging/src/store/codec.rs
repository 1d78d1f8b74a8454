//! Columns to domain values and back; a value that this release cannot read is an error, not a guess.

use sea_orm::DbErr;
use uuid::Uuid;

/// Reads a column that holds the name of a variant.
pub(super) fn named<T>(name: &str, from_name: fn(&str) -> Option<T>) -> Result<T, DbErr> {
    from_name(name).ok_or_else(unreadable)
}

/// Reads a counter, which is never negative.
pub(super) fn counter(column: i64) -> Result<u64, DbErr> {
    u64::try_from(column).map_err(|_| unreadable())
}

/// Writes a counter.
pub(super) fn column(counter: u64) -> i64 {
    i64::try_from(counter).unwrap_or(i64::MAX)
}

/// Reads an id that may be missing.
pub(super) fn id<T>(column: Option<Uuid>, from_uuid: fn(Uuid) -> T) -> Option<T> {
    column.map(from_uuid)
}

/// A stored value that this release cannot read.
pub(super) fn unreadable() -> DbErr {
    DbErr::Type(String::from("stored value cannot be read"))
}
