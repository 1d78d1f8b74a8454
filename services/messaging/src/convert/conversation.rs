//! Conversations between proto and domain.

use chassis::{filter, malformed::Malformed};
use proto::messaging::v1 as pb;

use super::{Fields, count, name, optional, status_of, status_to_proto, subject, time, timestamp};
use crate::{
    domain::{
        Agent, Conversation,
        conversation::{Filter, Move},
        ids::{ContactId, ConversationId, InboxId, ThreadId},
    },
    error::{Error, Result},
};

const FILTERED: &[&str] = &["status", "assignee", "inbox", "contact"];

/// What a conversation is opened from.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    /// The inbox it is held in.
    pub inbox: InboxId,
    /// Whom it is held with.
    pub contact: ContactId,
    /// Where replies go.
    pub thread: Option<ThreadId>,
}

/// Reads the conversation that is to be opened.
pub fn opening(conversation: &pb::Conversation) -> Result<Opening> {
    let required = [
        ("conversation.inbox", &conversation.inbox),
        ("conversation.contact", &conversation.contact),
    ];
    if let Some((field, _)) = required.into_iter().find(|(_, value)| value.is_empty()) {
        return Err(Error::FieldRequired(field));
    }
    let mut fields = Fields::default();
    let inbox = fields.take("conversation.inbox", InboxId::parse(&conversation.inbox));
    let contact = fields.take("conversation.contact", ContactId::parse(&conversation.contact));
    let thread =
        fields.take("conversation.thread", optional(&conversation.thread, ThreadId::parse));
    let parts = inbox.zip(contact).zip(thread);
    fields.finish(parts.map(|((inbox, contact), thread)| Opening { inbox, contact, thread }))
}

/// Reads where somebody wants the matter to stand.
pub fn wanted(request: &pb::SetConversationStatusRequest) -> Result<Move> {
    let Ok(status) = pb::conversation::Status::try_from(request.status) else {
        return Err(Error::invalid("status", Malformed("must be a known status")));
    };
    match (status, &request.snooze_until_time) {
        (pb::conversation::Status::Unspecified, _) => Err(Error::FieldRequired("status")),
        (pb::conversation::Status::Open, _) => Ok(Move::Open),
        (pb::conversation::Status::Pending, _) => Ok(Move::Pending),
        (pb::conversation::Status::Resolved, _) => Ok(Move::Resolve),
        (pb::conversation::Status::Snoozed, None) => Err(Error::FieldRequired("snooze_until_time")),
        (pb::conversation::Status::Snoozed, Some(until)) => {
            let until = time(until).map_err(|it| Error::invalid("snooze_until_time", it))?;
            Ok(Move::Snooze(until))
        }
    }
}

/// Reads the agent of a request.
pub fn assignee(raw: &str) -> Result<Agent> {
    Agent::parse(raw).map_err(|problem| Error::invalid("assignee", problem))
}

/// Reads the filter of a list.
pub fn filter(text: &str) -> Result<Filter> {
    let mut filter = Filter::default();
    for term in filter::parse(text, FILTERED)? {
        let value = term.equals()?;
        let refuse = |_: Malformed| term.refuse();
        match term.field {
            "status" => {
                let status = pb::conversation::Status::from_str_name(value).and_then(status_of);
                filter.status = Some(status.ok_or_else(|| term.refuse())?);
            }
            "assignee" => {
                filter.assignee = Some(optional(value, Agent::parse).map_err(refuse)?);
            }
            "inbox" => filter.inbox = Some(InboxId::parse(value).map_err(refuse)?),
            _ => filter.contact = Some(ContactId::parse(value).map_err(refuse)?),
        }
    }
    Ok(filter)
}

/// Reads the name of a conversation in `field`.
pub fn id(field: &'static str, name: &str) -> Result<ConversationId> {
    ConversationId::parse(name).map_err(|problem| Error::invalid(field, problem))
}

/// Spells a conversation.
pub fn to_proto(it: &Conversation) -> pb::Conversation {
    pb::Conversation {
        name: it.id.to_string(),
        inbox: it.inbox.to_string(),
        contact: it.contact.to_string(),
        thread: name(it.thread),
        status: status_to_proto(it.status).into(),
        assignee: subject(it.assignee.as_ref()),
        last_sequence: count(it.last_sequence),
        last_inbound_time: it.last_inbound_time.map(timestamp),
        first_response_time: it.first_response_time.map(timestamp),
        snooze_until_time: it.snooze_until_time.map(timestamp),
        create_time: Some(timestamp(it.create_time)),
        update_time: Some(timestamp(it.update_time)),
        etag: chassis::etag::of(it.version),
    }
}
