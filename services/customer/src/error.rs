//! Every way a request to this service can fail, named by what the caller can do about it.

use chassis::{
    command::CommandError, database::DbFailure, filter::BadFilter, malformed::Malformed,
    mask::UnknownPath, page::BadPage,
};
use sea_orm::DbErr;

use crate::domain::{AccountId, ContactId, IdentityName};

/// What the methods of this service return when they fail.
pub type Result<T> = std::result::Result<T, Error>;

/// A field of a request that does not have its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field as the request names it.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Malformed,
}

/// Every way a request can fail.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields of the request do not have their shapes.
    #[error("{}", sentence(.0))]
    InvalidFields(Vec<Violation>),

    /// The tenant has no such contact.
    #[error("`{0}` does not exist")]
    ContactNotFound(ContactId),

    /// The tenant has no such account.
    #[error("`{0}` does not exist")]
    AccountNotFound(AccountId),

    /// The tenant has no such identity.
    #[error("the identity does not exist")]
    IdentityNotFound(Option<IdentityName>),

    /// Another live contact has the e-mail address.
    #[error("another contact already uses this email")]
    EmailTaken,

    /// Another live account has the domain.
    #[error("another account already uses this domain")]
    DomainTaken,

    /// The identity belongs to another live contact.
    #[error("the identity belongs to another contact")]
    IdentityTaken,

    /// The contact is not what the caller saw.
    #[error("`{0}` was changed by someone else")]
    ContactChanged(ContactId),

    /// The account is not what the caller saw.
    #[error("`{0}` was changed by someone else")]
    AccountChanged(AccountId),

    /// Only a deleted contact can be brought back.
    #[error("`{0}` is not deleted")]
    ContactNotDeleted(ContactId),

    /// The mask names something that cannot be changed.
    #[error(transparent)]
    UnknownPath(#[from] UnknownPath),

    /// The page cannot be read.
    #[error(transparent)]
    BadPage(#[from] BadPage),

    /// The filter cannot be read.
    #[error(transparent)]
    BadFilter(#[from] BadFilter),

    /// The request id came before with another request, or the database failed under it.
    #[error(transparent)]
    Command(#[from] CommandError),

    /// The database failed.
    #[error("internal error")]
    Db(#[from] DbFailure),
}

fn sentence(violations: &[Violation]) -> String {
    let each = violations.iter().map(|Violation { field, problem }| format!("`{field}` {problem}"));
    each.collect::<Vec<_>>().join(", ")
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Db(error.into())
    }
}
