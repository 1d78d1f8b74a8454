//! Every way a request to this service can fail, named by what the caller can do about it.

use chassis::{
    command::CommandError, database::DbFailure, filter::BadFilter, malformed::Malformed,
    mask::UnknownPath, page::BadPage,
};
use sea_orm::DbErr;

use crate::domain::{DeliveryId, EnvelopeName, InboundMessageId, SourceId};

/// What a use case returns.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A field does not have its shape.
    #[error("`{field}` {problem}")]
    InvalidField {
        /// The field, as the contract names it.
        field: &'static str,
        /// What is wrong with it.
        problem: Malformed,
    },

    /// The source is not there for this caller.
    #[error("source `{0}` does not exist")]
    SourceNotFound(SourceId),

    /// The envelope is not there for this caller.
    #[error("envelope `{0}` does not exist")]
    EnvelopeNotFound(EnvelopeName),

    /// The inbound message is not there for this caller.
    #[error("inbound message `{0}` does not exist")]
    InboundMessageNotFound(InboundMessageId),

    /// The delivery is not there for this caller.
    #[error("delivery `{0}` does not exist")]
    DeliveryNotFound(DeliveryId),

    /// The same account of the provider is connected already.
    #[error("the tenant has connected this account already")]
    AccountConnected,

    /// The new credentials are of another account.
    #[error("the credentials are of another account than that of `{0}`")]
    AccountDiffers(SourceId),

    /// The source works no more.
    #[error("source `{0}` is disconnected")]
    SourceDisconnected(SourceId),

    /// The etag is not that of the present version.
    #[error("source `{0}` was changed by someone else")]
    SourceChanged(SourceId),

    /// The outcome of the delivery is known, or not yet in doubt.
    #[error("the outcome of delivery `{0}` is not in doubt")]
    DeliverySettled(DeliveryId),

    /// The request id was used for another request, or the database failed while it was claimed.
    #[error(transparent)]
    Command(#[from] CommandError),

    /// The page asked for cannot be read.
    #[error(transparent)]
    Page(#[from] BadPage),

    /// The filter cannot be used.
    #[error(transparent)]
    Filter(#[from] BadFilter),

    /// The mask names a field that cannot be changed.
    #[error(transparent)]
    Mask(#[from] UnknownPath),

    /// The stored credentials do not open: the key is another than the one they were sealed with.
    #[error("credentials of `{0}` cannot be opened")]
    CredentialsSealed(SourceId),

    /// The database failed.
    #[error("internal error")]
    Db(#[source] DbFailure),
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Db(error.into())
    }
}

/// What a handler does about it: an outage passes, everything else needs a person.
impl From<Error> for bus::Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Db(failure) => failure.into(),
            error => Self::fail(error),
        }
    }
}

impl Error {
    /// What a log may say: callers learn less of a database.
    pub(crate) fn cause(&self) -> String {
        self.failure().map_or_else(|| self.to_string(), ToString::to_string)
    }

    /// Whether the same request may succeed later.
    pub(crate) fn is_transient(&self) -> bool {
        self.failure().is_some_and(DbFailure::is_transient)
    }

    fn failure(&self) -> Option<&DbFailure> {
        let (Self::Db(failure) | Self::Command(CommandError::Db(failure))) = self else {
            return None;
        };
        Some(failure)
    }

    /// Names the field that does not have its shape.
    pub(crate) fn field(field: &'static str) -> impl FnOnce(Malformed) -> Self {
        move |problem| Self::InvalidField { field, problem }
    }
}
