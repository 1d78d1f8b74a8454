//! What a database error may say outside `store`: SQLSTATE, table and constraint, never a row's values.

use std::fmt;

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlErr, sqlx};

/// A database error without the values that the driver's own error quotes.
///
/// PostgreSQL puts the offending row into DETAIL and some messages, and `{:?}` of a [`DbErr`] prints
/// both; this keeps only names that the schema already has. Safe to log, safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DbFailure {
    kind: Kind,
    code: Option<String>,
    table: Option<String>,
    constraint: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Refused,
    ConnectionLost,
    PoolTimedOut,
    PoolClosed,
    RowMissing,
    Unreadable,
    Other,
}

impl DbFailure {
    /// A stored value that this release cannot read.
    pub(crate) const fn unreadable() -> Self {
        Self::of(Kind::Unreadable)
    }

    const fn of(kind: Kind) -> Self {
        Self { kind, code: None, table: None, constraint: None }
    }

    /// The SQLSTATE of PostgreSQL, or the extended result code of SQLite in decimal.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The table that refused, if the database named it.
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
    }

    /// The constraint that refused: its name on PostgreSQL, its columns on SQLite.
    pub fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    /// Tells whether the same work may succeed later: an outage, a timeout, a lost race.
    pub fn is_transient(&self) -> bool {
        match self.kind {
            Kind::ConnectionLost | Kind::PoolTimedOut | Kind::PoolClosed => true,
            Kind::Refused => self.code().is_some_and(is_transient_code),
            Kind::RowMissing | Kind::Unreadable | Kind::Other => false,
        }
    }

    /// Tells whether the transaction lost to another one and should be run again from its beginning.
    pub fn is_lost_race(&self) -> bool {
        matches!(self.code(), Some("40001" | "40P01"))
    }

    /// Tells whether a text held a NUL, which PostgreSQL cannot store: the caller's fault.
    pub fn is_unstorable_text(&self) -> bool {
        self.code() == Some("22021")
    }

    /// Tells whether the connection is gone, so that nothing sent over it can be relied upon.
    pub fn is_lost_connection(&self) -> bool {
        match self.kind {
            Kind::ConnectionLost => true,
            Kind::Refused => self.code().is_some_and(|code| {
                code.len() == 5 && (code.starts_with("08") || code.starts_with("57P"))
            }),
            Kind::PoolTimedOut
            | Kind::PoolClosed
            | Kind::RowMissing
            | Kind::Unreadable
            | Kind::Other => false,
        }
    }
}

/// SQLSTATE is five characters; what is shorter is a result code of SQLite, its kind in the low byte.
fn is_transient_code(code: &str) -> bool {
    if code.len() == 5 {
        let class = &code[..2];
        return matches!(class, "08" | "40" | "53" | "57") || code == "55P03" || code == "25P03";
    }
    // BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN: the disk or another process.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5..=10 | 13 | 14))
}

impl fmt::Display for DbFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Refused => "database refused",
            Kind::ConnectionLost => "database connection lost",
            Kind::PoolTimedOut => "no database connection became free",
            Kind::PoolClosed => "database is closed",
            Kind::RowMissing => "database row missing",
            Kind::Unreadable => "stored value cannot be read",
            Kind::Other => "database failure",
        })?;
        if let Some(code) = &self.code {
            write!(f, " with `{code}`")?;
        }
        if let Some(table) = &self.table {
            write!(f, " on table `{table}`")?;
        }
        if let Some(constraint) = &self.constraint {
            write!(f, " by constraint `{constraint}`")?;
        }
        Ok(())
    }
}

impl std::error::Error for DbFailure {}

impl From<DbErr> for DbFailure {
    fn from(error: DbErr) -> Self {
        Self::from(&error)
    }
}

impl From<&DbErr> for DbFailure {
    fn from(error: &DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Self::of(Kind::PoolTimedOut),
            DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => {
                Self::of(Kind::PoolClosed)
            }
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => Self::from(cause.as_ref()),
            DbErr::RecordNotFound(_) | DbErr::RecordNotUpdated => Self::of(Kind::RowMissing),
            DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => {
                Self::of(Kind::Unreadable)
            }
            _ => Self::of(Kind::Other),
        }
    }
}

impl From<&sqlx::Error> for DbFailure {
    fn from(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(cause) => Self::from(cause.as_ref()),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::of(Kind::ConnectionLost),
            sqlx::Error::PoolTimedOut => Self::of(Kind::PoolTimedOut),
            sqlx::Error::PoolClosed => Self::of(Kind::PoolClosed),
            sqlx::Error::RowNotFound => Self::of(Kind::RowMissing),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::of(Kind::Unreadable),
            _ => Self::of(Kind::Other),
        }
    }
}

impl From<&dyn sqlx::error::DatabaseError> for DbFailure {
    fn from(cause: &dyn sqlx::error::DatabaseError) -> Self {
        let mut failure = Self::of(Kind::Refused);
        failure.code = cause.code().map(|code| code.into_owned());
        failure.table = cause.table().map(str::to_owned);
        failure.constraint = cause.constraint().map(str::to_owned);
        if cause.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
            failure.name_from_sqlite(cause.message());
        }
        failure
    }
}

impl DbFailure {
    /// Reads the names out of the two fixed sentences in which SQLite puts them, and nothing else.
    fn name_from_sqlite(&mut self, message: &str) {
        if let Some(columns) = message
            .strip_prefix("UNIQUE constraint failed: ")
            .or_else(|| message.strip_prefix("NOT NULL constraint failed: "))
        {
            self.table = columns.split_once('.').map(|(table, _)| table.to_owned());
            self.constraint = Some(columns.to_owned());
        } else if let Some(name) = message.strip_prefix("CHECK constraint failed: ") {
            self.constraint = Some(name.to_owned());
        }
    }
}

/// The unique key that a write ran into: the constraint's name on PostgreSQL, and on SQLite the
/// columns as in `contacts.tenant_id, contacts.email`.
///
/// Portable when the constraint is named after its columns, as [`schema::unique`] does: then ask
/// `unique_violation(&error).is_some_and(|key| key.contains("email"))`.
///
/// [`schema::unique`]: super::schema::unique
pub fn unique_violation(error: &DbErr) -> Option<String> {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Some(DbFailure::from(error).constraint.unwrap_or_default())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outages_timeouts_and_lost_races_are_transient_and_refusals_are_not() {
        #[track_caller]
        fn check(code: &str, transient: bool) {
            let failure = DbFailure { code: Some(code.into()), ..DbFailure::of(Kind::Refused) };
            assert_eq!(failure.is_transient(), transient, "{code}");
        }

        check("40001", true);
        check("40P01", true);
        check("55P03", true);
        check("57014", true);
        check("57P01", true);
        check("53300", true);
        check("23505", false);
        check("42501", false);
        check("5", true);
        check("517", true);
        check("13", true);
        check("2067", false);
        check("1", false);
    }

    #[test]
    fn a_driver_text_never_shows() {
        let leaky = DbErr::Custom("ada@example.com".into());

        let failure = DbFailure::from(leaky);

        assert!(!format!("{failure} {failure:?}").contains("ada"));
    }
}
