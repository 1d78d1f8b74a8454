//! Every way a request to this service can fail, named by what the caller can do about it.

use chassis::{
    command::CommandError, database::DbFailure, filter::BadFilter, malformed::Malformed,
    mask::UnknownPath, page::BadPage,
};
use sea_orm::DbErr;

use crate::domain::{
    Status,
    ids::{ConversationId, InboxId, MessageName, RuleId},
};

/// What a fallible operation of this service returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One field that does not have its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The field, as a path from the request.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Malformed,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Fields without their shape; never empty.
    #[error("{}", sentence(.0))]
    InvalidFields(Vec<Violation>),

    /// A field inside the resource that must be set.
    #[error("`{0}` is required")]
    FieldRequired(&'static str),

    /// A path of the mask that cannot be changed.
    #[error(transparent)]
    MaskPathUnknown(#[from] UnknownPath),

    /// A filter that cannot be read.
    #[error(transparent)]
    FilterInvalid(#[from] BadFilter),

    /// A page size or token that does not continue this list.
    #[error(transparent)]
    BadPage(#[from] BadPage),

    /// A command that cannot begin: its id came before, or the database failed.
    #[error(transparent)]
    Command(#[from] CommandError),

    /// No such inbox.
    #[error("inbox `{0}` does not exist")]
    InboxNotFound(InboxId),

    /// Another live inbox has the source.
    #[error("another inbox has this source")]
    SourceTaken,

    /// The inbox is not as the caller last saw it.
    #[error("inbox `{0}` was changed by someone else")]
    InboxChanged(InboxId),

    /// No such conversation.
    #[error("conversation `{0}` does not exist")]
    ConversationNotFound(ConversationId),

    /// The thread has an unresolved conversation.
    #[error("the thread has a conversation that is not resolved")]
    ConversationOpen,

    /// The conversation is not as the caller last saw it.
    #[error("conversation `{0}` was changed by someone else")]
    ConversationChanged(ConversationId),

    /// The conversation is done.
    #[error("conversation `{0}` is resolved")]
    ConversationResolved(ConversationId),

    /// There is no channel behind the conversation.
    #[error("conversation `{0}` has no thread to reply to")]
    ConversationUnreachable(ConversationId),

    /// The conversation cannot move like this.
    #[error("conversation `{id}` cannot go from `{from}` to `{to}`")]
    StatusChangeIllegal {
        /// The conversation.
        id: ConversationId,
        /// Where it stands.
        from: Status,
        /// Where it cannot go.
        to: Status,
    },

    /// No such message.
    #[error("message `{0}` does not exist")]
    MessageNotFound(MessageName),

    /// The message did not fail.
    #[error("message `{0}` did not fail")]
    MessageNotFailed(MessageName),

    /// No such rule.
    #[error("auto-reply rule `{0}` does not exist")]
    RuleNotFound(RuleId),

    /// The rule is not as the caller last saw it.
    #[error("auto-reply rule `{0}` was changed by someone else")]
    RuleChanged(RuleId),

    /// The database failed.
    #[error("internal error")]
    Db(#[source] DbFailure),
}

impl Error {
    /// One field without its shape.
    pub fn invalid(field: &'static str, problem: Malformed) -> Self {
        Self::InvalidFields(vec![Violation { field, problem }])
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Db(error.into())
    }
}

fn sentence(violations: &[Violation]) -> String {
    let each: Vec<String> =
        violations.iter().map(|it| format!("`{}` {}", it.field, it.problem)).collect();
    each.join("; ")
}
