//! Error → gRPC status: the one place of this service that knows codes.

use chassis::status;
use tonic::{Code, Status};

use crate::error::Error;

/// Groups the reasons below. Clients match on (domain, reason), never on the message.
const DOMAIN: &str = "messaging.kith";

const INBOX: &str = "kith.messaging.v1.Inbox";
const CONVERSATION: &str = "kith.messaging.v1.Conversation";
const MESSAGE: &str = "kith.messaging.v1.Message";
const RULE: &str = "kith.messaging.v1.AutoReplyRule";

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let with = |code, reason| status::with(code, DOMAIN, reason, &message);
        let builder = match error {
            Error::InvalidFields(violations) => violations
                .iter()
                .fold(with(Code::InvalidArgument, "INVALID_FIELD"), |builder, it| {
                    builder.violation(it.field, it.problem)
                }),
            Error::FieldRequired(field) => with(Code::InvalidArgument, "FIELD_REQUIRED")
                .metadata("field", field)
                .violation(field, "is required"),
            Error::InboxNotFound(id) => status::not_found(DOMAIN, "INBOX_NOT_FOUND", INBOX, id),
            Error::ConversationNotFound(id) => {
                status::not_found(DOMAIN, "CONVERSATION_NOT_FOUND", CONVERSATION, id)
            }
            Error::MessageNotFound(name) => {
                status::not_found(DOMAIN, "MESSAGE_NOT_FOUND", MESSAGE, name)
            }
            Error::RuleNotFound(id) => status::not_found(DOMAIN, "RULE_NOT_FOUND", RULE, id),
            Error::SourceTaken => with(Code::AlreadyExists, "SOURCE_TAKEN"),
            Error::ConversationOpen => with(Code::AlreadyExists, "CONVERSATION_OPEN"),
            Error::InboxChanged(id) => {
                with(Code::Aborted, "INBOX_CHANGED").metadata("name", id).resource(INBOX, id)
            }
            Error::ConversationChanged(id) => with(Code::Aborted, "CONVERSATION_CHANGED")
                .metadata("name", id)
                .resource(CONVERSATION, id),
            Error::RuleChanged(id) => {
                with(Code::Aborted, "RULE_CHANGED").metadata("name", id).resource(RULE, id)
            }
            Error::ConversationResolved(id) => {
                with(Code::FailedPrecondition, "CONVERSATION_RESOLVED")
                    .metadata("name", id)
                    .resource(CONVERSATION, id)
            }
            Error::ConversationUnreachable(id) => {
                with(Code::FailedPrecondition, "CONVERSATION_UNREACHABLE")
                    .metadata("name", id)
                    .resource(CONVERSATION, id)
            }
            Error::StatusChangeIllegal { id, from, to } => {
                with(Code::FailedPrecondition, "STATUS_CHANGE_ILLEGAL")
                    .metadata("name", id)
                    .metadata("from", from)
                    .metadata("to", to)
                    .resource(CONVERSATION, id)
            }
            Error::MessageNotFailed(name) => with(Code::FailedPrecondition, "MESSAGE_NOT_FAILED")
                .metadata("name", name)
                .resource(MESSAGE, name),
            Error::MaskPathUnknown(error) => return error.into(),
            Error::FilterInvalid(error) => return error.into(),
            Error::BadPage(error) => return error.into(),
            Error::Command(error) => return error.into(),
            Error::Db(failure) => return failure.into(),
        };
        builder.build()
    }
}
