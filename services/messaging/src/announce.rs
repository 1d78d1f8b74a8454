//! Domain events as messages of the log: topic, key, version and the proto that tells of the fact.

use bus::Message;
use chassis::tenant::TenantId;
use chrono::{DateTime, TimeDelta, Utc};
use proto::messaging::v1 as pb;

use crate::{
    convert,
    domain::{
        Conversation, Inbox, Rule,
        conversation::{Event, Fact},
        ids::{MessageId, MessageName},
        inbox, rule,
    },
};

/// Tells of what happened to an inbox.
pub fn inbox(tenant: TenantId, inbox: &Inbox, event: inbox::Event) -> Message {
    let name = inbox.id.to_string();
    let (version, time) = (inbox.version, inbox.update_time);
    match event {
        inbox::Event::Created => {
            let created = pb::InboxCreated {
                inbox: name.clone(),
                channel: convert::channel_to_proto(inbox.channel).into(),
                source: convert::name(inbox.source),
            };
            Message::of(tenant, name, version, time, &created)
        }
        inbox::Event::Updated(fields) => {
            let updated = pb::InboxUpdated { inbox: name.clone(), changed_fields: owned(fields) };
            Message::of(tenant, name, version, time, &updated)
        }
        inbox::Event::Deleted => {
            let deleted = pb::InboxDeleted { inbox: name.clone() };
            Message::of(tenant, name, version, time, &deleted)
        }
    }
}

/// Tells of what happened to a rule at `time`.
pub fn rule(tenant: TenantId, rule: &Rule, event: rule::Event, time: DateTime<Utc>) -> Message {
    let name = rule.id.to_string();
    match event {
        rule::Event::Created => {
            let created = pb::AutoReplyRuleCreated { auto_reply_rule: name.clone() };
            Message::of(tenant, name, rule.version, time, &created)
        }
        rule::Event::Updated(fields) => {
            let updated = pb::AutoReplyRuleUpdated {
                auto_reply_rule: name.clone(),
                changed_fields: owned(fields),
            };
            Message::of(tenant, name, rule.version, time, &updated)
        }
        rule::Event::Deleted => {
            let deleted = pb::AutoReplyRuleDeleted { auto_reply_rule: name.clone() };
            Message::of(tenant, name, rule.deleted_version(), time, &deleted)
        }
    }
}

/// Tells of what happened to a conversation and its messages at `time`.
pub fn conversation(
    tenant: TenantId,
    conversation: &Conversation,
    events: Vec<Event>,
    time: DateTime<Utc>,
) -> Vec<Message> {
    let about = About { tenant, conversation, time };
    events.into_iter().map(|event| about.message(event)).collect()
}

/// What every event of a conversation has in common.
struct About<'a> {
    tenant: TenantId,
    conversation: &'a Conversation,
    time: DateTime<Utc>,
}

impl About<'_> {
    fn message(&self, Event { version, fact }: Event) -> Message {
        let conversation = self.conversation.id.to_string();
        let contact = self.conversation.contact.to_string();
        let inbox = self.conversation.inbox.to_string();
        let thread = convert::name(self.conversation.thread);
        let channel = convert::channel_to_proto(self.conversation.channel).into();
        match fact {
            Fact::Opened { status } => {
                let status = convert::status_to_proto(status).into();
                self.say(
                    version,
                    &pb::ConversationOpened {
                        conversation,
                        inbox,
                        contact,
                        thread,
                        channel,
                        status,
                    },
                )
            }
            Fact::Assigned { assignee, reason, status } => self.say(
                version,
                &pb::ConversationAssigned {
                    conversation,
                    contact,
                    assignee: convert::subject(assignee.as_ref()),
                    reason: reason.name().to_owned(),
                    status: convert::status_to_proto(status).into(),
                },
            ),
            Fact::StatusChanged { from, to } => self.say(
                version,
                &pb::ConversationStatusChanged {
                    conversation,
                    contact,
                    from_status: convert::status_to_proto(from).into(),
                    status: convert::status_to_proto(to).into(),
                },
            ),
            Fact::Received {
                message,
                sequence,
                source,
                inbound_message,
                analysis,
                provider_time,
            } => self.say(
                version,
                &pb::MessageReceived {
                    message: self.name_of(message),
                    conversation,
                    contact,
                    inbox,
                    source: convert::name(source),
                    thread,
                    channel,
                    sequence: convert::count(sequence),
                    analysis: analysis.as_ref().map(convert::analysis_to_proto),
                    provider_time: provider_time.map(convert::timestamp),
                    inbound_message: convert::name(inbound_message),
                },
            ),
            Fact::Queued { message, sequence, author, in_reply_to, attempt } => self.say(
                version,
                &pb::MessageQueued {
                    message: self.name_of(message),
                    conversation,
                    contact,
                    inbox,
                    thread,
                    channel,
                    sequence: convert::count(sequence),
                    author: convert::author_to_proto(author).into(),
                    in_reply_to: self.name_of_optional(in_reply_to),
                    attempt: i32::try_from(attempt).unwrap_or(i32::MAX),
                },
            ),
            Fact::Sent { message, author, send_time, in_reply_to, answered, first_response } => {
                self.say(
                    version,
                    &pb::MessageSent {
                        message: self.name_of(message),
                        conversation,
                        contact,
                        inbox,
                        channel,
                        author: convert::author_to_proto(author).into(),
                        send_time: Some(convert::timestamp(send_time)),
                        in_reply_to: self.name_of_optional(in_reply_to),
                        answered_inbound_message: convert::name(answered),
                        first_response_seconds: first_response.map(TimeDelta::as_seconds_f64),
                    },
                )
            }
            Fact::Failed { message, reason } => self.say(
                version,
                &pb::MessageFailed {
                    message: self.name_of(message),
                    conversation,
                    contact,
                    channel,
                    reason: reason.as_str().to_owned(),
                },
            ),
            Fact::OutcomeUnknown { message } => {
                let message = self.name_of(message);
                self.say(
                    version,
                    &pb::MessageOutcomeUnknown { message, conversation, contact, channel },
                )
            }
            Fact::NoteAdded { message } => {
                let message = self.name_of(message);
                self.say(version, &pb::NoteAdded { message, conversation, contact })
            }
        }
    }

    fn say<E: proto::Event>(&self, version: u64, event: &E) -> Message {
        Message::of(self.tenant, self.conversation.id.to_string(), version, self.time, event)
    }

    fn name_of(&self, message: MessageId) -> String {
        MessageName { conversation: self.conversation.id, message }.to_string()
    }

    fn name_of_optional(&self, message: Option<MessageId>) -> String {
        message.map_or_else(String::new, |message| self.name_of(message))
    }
}

fn owned(fields: Vec<&'static str>) -> Vec<String> {
    fields.into_iter().map(str::to_owned).collect()
}
