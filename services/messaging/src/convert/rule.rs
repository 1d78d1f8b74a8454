//! Auto-reply rules between proto and domain.

use chassis::{filter, malformed::Malformed, mask::Mask};
use proto::messaging::v1 as pb;

use super::{Fields, name, optional, subject, timestamp};
use crate::{
    domain::{
        Agent, DisplayName, Rule,
        ids::{InboxId, RuleId},
        rule::{Action, Content, Filter, Intent, Replies, Switch},
    },
    error::{Error, Result},
};

/// The fields that an update may change.
pub const MUTABLE: &[&str] =
    &["display_name", "intent", "inbox", "action", "replies", "assignee", "priority", "enabled"];

const FILTERED: &[&str] = &["intent", "inbox"];

/// Reads the rule that is to be created.
pub fn content(rule: &pb::AutoReplyRule) -> Result<Content> {
    let required = [
        ("auto_reply_rule.display_name", rule.display_name.is_empty()),
        ("auto_reply_rule.intent", rule.intent.is_empty()),
        ("auto_reply_rule.action", rule.action == 0),
    ];
    if let Some((field, _)) = required.into_iter().find(|(_, is_unset)| *is_unset) {
        return Err(Error::FieldRequired(field));
    }
    let everything = Mask::check(&[""; 0], MUTABLE)?;
    changed(rule, &everything, Content::blank())
}

/// Puts the masked fields of `rule` over `current`; the others are not even looked at.
pub fn changed(rule: &pb::AutoReplyRule, mask: &Mask, current: Content) -> Result<Content> {
    let mut fields = Fields::default();
    let mut it = current;
    if mask.has("display_name") {
        let read = DisplayName::parse(&rule.display_name);
        fields.put("auto_reply_rule.display_name", read, &mut it.display_name);
    }
    if mask.has("intent") {
        fields.put("auto_reply_rule.intent", Intent::parse(&rule.intent), &mut it.intent);
    }
    if mask.has("inbox") {
        let read = optional(&rule.inbox, InboxId::parse);
        fields.put("auto_reply_rule.inbox", read, &mut it.inbox);
    }
    if mask.has("action") {
        fields.put("auto_reply_rule.action", action(rule.action), &mut it.action);
    }
    if mask.has("replies") {
        let replies = rule.replies.iter().map(|(tag, text)| (tag.clone(), text.clone()));
        let read = Replies::parse(replies.collect());
        fields.put("auto_reply_rule.replies", read, &mut it.replies);
    }
    if mask.has("assignee") {
        let read = optional(&rule.assignee, Agent::parse);
        fields.put("auto_reply_rule.assignee", read, &mut it.assignee);
    }
    if mask.has("priority") {
        it.priority = if rule.priority == 0 { Content::USUAL_PRIORITY } else { rule.priority };
    }
    if mask.has("enabled") {
        it.switch = if rule.enabled { Switch::On } else { Switch::Off };
    }
    fields
        .finish(Some(it))?
        .complete()
        .map_err(|problem| Error::invalid("auto_reply_rule.replies", problem))
}

/// Reads the filter of a list.
pub fn filter(text: &str) -> Result<Filter> {
    let mut filter = Filter::default();
    for term in filter::parse(text, FILTERED)? {
        let value = term.equals()?;
        if term.field == "intent" {
            filter.intent = Some(value.to_owned());
        } else {
            filter.inbox = Some(optional(value, InboxId::parse).map_err(|_| term.refuse())?);
        }
    }
    Ok(filter)
}

/// Reads the name of a rule in `field`.
pub fn id(field: &'static str, name: &str) -> Result<RuleId> {
    RuleId::parse(name).map_err(|problem| Error::invalid(field, problem))
}

/// Spells a rule.
pub fn to_proto(rule: &Rule) -> pb::AutoReplyRule {
    let content = &rule.content;
    let replies = content.replies.by_language().iter();
    let action = match content.action {
        Action::StateOrder => pb::auto_reply_rule::Action::StateOrder,
        Action::Reply => pb::auto_reply_rule::Action::Reply,
        Action::Assign => pb::auto_reply_rule::Action::Assign,
    };
    pb::AutoReplyRule {
        name: rule.id.to_string(),
        display_name: content.display_name.as_str().to_owned(),
        intent: content.intent.as_str().to_owned(),
        inbox: name(content.inbox),
        action: action.into(),
        replies: replies.map(|(tag, text)| (tag.clone(), text.clone())).collect(),
        assignee: subject(content.assignee.as_ref()),
        priority: content.priority,
        enabled: match content.switch {
            Switch::On => true,
            Switch::Off => false,
        },
        create_time: Some(timestamp(rule.create_time)),
        update_time: Some(timestamp(rule.update_time)),
        etag: chassis::etag::of(rule.version),
    }
}

fn action(action: i32) -> Result<Action, Malformed> {
    match pb::auto_reply_rule::Action::try_from(action) {
        Ok(pb::auto_reply_rule::Action::StateOrder) => Ok(Action::StateOrder),
        Ok(pb::auto_reply_rule::Action::Reply) => Ok(Action::Reply),
        Ok(pb::auto_reply_rule::Action::Assign) => Ok(Action::Assign),
        Ok(pb::auto_reply_rule::Action::Unspecified) | Err(_) => {
            Err(Malformed("must be a known action"))
        }
    }
}
