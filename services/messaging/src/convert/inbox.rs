//! Inboxes between proto and domain.

use chassis::{filter, mask::Mask};
use proto::messaging::v1 as pb;

use super::{
    Fields, channel, channel_by_name, channel_to_proto, name, optional, subject, timestamp,
};
use crate::{
    domain::{
        Agent, Channel, DisplayName, Inbox,
        ids::{InboxId, SourceId},
        inbox::{Answering, Filter, Settings},
    },
    error::{Error, Result},
};

/// The fields that an update may change.
pub const MUTABLE: &[&str] = &["display_name", "auto_reply", "default_assignee"];

const FILTERED: &[&str] = &["channel", "source"];

/// What an inbox is created from.
#[derive(Debug)]
pub struct NewInbox {
    /// The kind of channel.
    pub channel: Channel,
    /// The source at social-ingest.
    pub source: Option<SourceId>,
    /// The rest.
    pub settings: Settings,
}

/// Reads the inbox that is to be created.
pub fn new_inbox(inbox: &pb::Inbox) -> Result<NewInbox> {
    if inbox.display_name.is_empty() {
        return Err(Error::FieldRequired("inbox.display_name"));
    }
    let mut fields = Fields::default();
    let channel = fields.take("inbox.channel", channel(inbox.channel));
    if channel == Some(None) {
        return Err(Error::FieldRequired("inbox.channel"));
    }
    let source = fields.take("inbox.source", optional(&inbox.source, SourceId::parse));
    let everything = Mask::check(&[""; 0], MUTABLE)?;
    let settings = masked(&mut fields, inbox, &everything, Settings::blank());
    let parts = channel.flatten().zip(source);
    fields.finish(parts.map(|(channel, source)| NewInbox { channel, source, settings }))
}

/// Puts the masked fields of `inbox` over `current`; the others are not even looked at.
pub fn settings(inbox: &pb::Inbox, mask: &Mask, current: Settings) -> Result<Settings> {
    let mut fields = Fields::default();
    let settings = masked(&mut fields, inbox, mask, current);
    fields.finish(Some(settings))
}

fn masked(fields: &mut Fields, inbox: &pb::Inbox, mask: &Mask, current: Settings) -> Settings {
    let mut it = current;
    if mask.has("display_name") {
        let read = DisplayName::parse(&inbox.display_name);
        fields.put("inbox.display_name", read, &mut it.display_name);
    }
    if mask.has("auto_reply") {
        it.answering = if inbox.auto_reply { Answering::Rules } else { Answering::Agents };
    }
    if mask.has("default_assignee") {
        let read = optional(&inbox.default_assignee, Agent::parse);
        fields.put("inbox.default_assignee", read, &mut it.default_assignee);
    }
    it
}

/// Reads the filter of a list.
pub fn filter(text: &str) -> Result<Filter> {
    let mut filter = Filter::default();
    for term in filter::parse(text, FILTERED)? {
        let value = term.equals()?;
        if term.field == "channel" {
            filter.channel = Some(channel_by_name(value).ok_or_else(|| term.refuse())?);
        } else {
            filter.source = Some(optional(value, SourceId::parse).map_err(|_| term.refuse())?);
        }
    }
    Ok(filter)
}

/// Reads the name of an inbox in `field`.
pub fn id(field: &'static str, name: &str) -> Result<InboxId> {
    InboxId::parse(name).map_err(|problem| Error::invalid(field, problem))
}

/// Spells an inbox.
pub fn to_proto(inbox: &Inbox) -> pb::Inbox {
    let settings = &inbox.settings;
    pb::Inbox {
        name: inbox.id.to_string(),
        display_name: settings.display_name.as_str().to_owned(),
        channel: channel_to_proto(inbox.channel).into(),
        source: name(inbox.source),
        auto_reply: match settings.answering {
            Answering::Rules => true,
            Answering::Agents => false,
        },
        default_assignee: subject(settings.default_assignee.as_ref()),
        create_time: Some(timestamp(inbox.create_time)),
        update_time: Some(timestamp(inbox.update_time)),
        delete_time: inbox.delete_time.map(timestamp),
        etag: chassis::etag::of(inbox.version),
    }
}
