//! Every way a request to this service can fail, named by what the caller can do about it.

use std::borrow::Cow;

use chassis::{
    command::CommandError, database::DbFailure, filter::BadFilter, malformed::Malformed,
    mask::UnknownPath, page::BadPage,
};
use sea_orm::DbErr;

use crate::domain::{ContactId, OrderId, ProductId, State};

/// What the methods of this service return when they fail.
pub type Result<T> = std::result::Result<T, Error>;

/// Every way a request can fail.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A field of the request does not have its shape.
    #[error("`{field}` {problem}")]
    InvalidField {
        /// The field as the request names it.
        field: Cow<'static, str>,
        /// What is wrong with it.
        problem: Malformed,
    },

    /// The tenant has no such product.
    #[error("`{0}` does not exist")]
    ProductNotFound(ProductId),

    /// The tenant has no such order.
    #[error("`{0}` does not exist")]
    OrderNotFound(OrderId),

    /// The contact has never ordered anything.
    #[error("`{0}` has no order")]
    NoOrderOf(ContactId),

    /// Another live product has the stock keeping unit.
    #[error("another product already uses this SKU")]
    SkuTaken,

    /// Another order has the number.
    #[error("another order already uses this number")]
    OrderNumberTaken,

    /// The product is not what the caller saw.
    #[error("`{0}` was changed by someone else")]
    ProductChanged(ProductId),

    /// The order is not what the caller saw.
    #[error("`{0}` was changed by someone else")]
    OrderChanged(OrderId),

    /// An order in this state cannot make this move.
    #[error("`{order}` is {from} and cannot become {to}")]
    OrderMoveIllegal {
        /// The order.
        order: OrderId,
        /// The state it is in.
        from: State,
        /// The state it was to be in.
        to: State,
    },

    /// The order belongs to another contact.
    #[error("`{0}` belongs to another contact")]
    OrderLinked(OrderId),

    /// A payment is of the order's total, no more and no less.
    #[error("the amount is not the total of `{0}`")]
    AmountDiffers(OrderId),

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

impl Error {
    /// A field that does not have its shape.
    pub fn invalid(field: impl Into<Cow<'static, str>>, problem: Malformed) -> Self {
        Self::InvalidField { field: field.into(), problem }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Db(error.into())
    }
}
