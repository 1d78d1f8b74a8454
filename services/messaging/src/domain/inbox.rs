//! The inbox: a configured endpoint of a channel that conversations arrive at.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    agent::Agent,
    channel::Channel,
    ids::{InboxId, SourceId},
    text::DisplayName,
};

/// A configured endpoint of a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// Its id.
    pub id: InboxId,
    /// The kind of channel.
    pub channel: Channel,
    /// The source at social-ingest, if messages come from one.
    pub source: Option<SourceId>,
    /// What its users may change.
    pub settings: Settings,
    /// When it was created.
    pub create_time: DateTime<Utc>,
    /// When it last changed.
    pub update_time: DateTime<Utc>,
    /// When it was deleted.
    pub delete_time: Option<DateTime<Utc>>,
    /// Counts its events from 1.
    pub version: u64,
}

/// What may be changed about an inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What agents call it.
    pub display_name: DisplayName,
    /// Who answers first.
    pub answering: Answering,
    /// Who gets the conversations that nobody can answer.
    pub default_assignee: Option<Agent>,
}

/// Who answers an incoming message first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answering {
    /// The auto-reply rules.
    Rules,
    /// Agents only.
    Agents,
}

/// Which inboxes a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those of this channel.
    pub channel: Option<Channel>,
    /// Only those of this source; `Some(None)` for those without one.
    pub source: Option<Option<SourceId>>,
}

/// What happened to an inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was created.
    Created,
    /// These fields of it changed.
    Updated(Vec<&'static str>),
    /// It was deleted softly.
    Deleted,
}

impl Inbox {
    /// Creates an inbox.
    pub fn create(
        channel: Channel,
        source: Option<SourceId>,
        settings: Settings,
        now: DateTime<Utc>,
    ) -> (Self, Event) {
        let inbox = Self {
            id: InboxId::new(now),
            channel,
            source,
            settings,
            create_time: now,
            update_time: now,
            delete_time: None,
            version: 1,
        };
        (inbox, Event::Created)
    }

    /// Creates the inbox of a source that nobody has configured: the rules answer, nobody is assigned.
    pub fn of_source(channel: Channel, source: SourceId, now: DateTime<Utc>) -> (Self, Event) {
        let settings = Settings {
            display_name: DisplayName::known(channel.label()),
            answering: Answering::Rules,
            default_assignee: None,
        };
        Self::create(channel, Some(source), settings, now)
    }

    /// Changes the settings. Nothing happens if they are the same.
    pub fn update(&mut self, settings: Settings, now: DateTime<Utc>) -> Option<Event> {
        let changed = self.settings.differences(&settings);
        if changed.is_empty() {
            return None;
        }
        self.settings = settings;
        self.touch(now);
        Some(Event::Updated(changed))
    }

    /// Deletes it softly.
    pub fn delete(&mut self, now: DateTime<Utc>) -> Event {
        self.delete_time = Some(now);
        self.touch(now);
        Event::Deleted
    }

    fn touch(&mut self, now: DateTime<Utc>) {
        self.update_time = now;
        self.version += 1;
    }
}

impl Settings {
    /// Settings that nobody has filled in yet.
    pub(crate) fn blank() -> Self {
        Self {
            display_name: DisplayName::known(""),
            answering: Answering::Agents,
            default_assignee: None,
        }
    }

    fn differences(&self, other: &Self) -> Vec<&'static str> {
        let mut changed = Vec::new();
        if self.display_name != other.display_name {
            changed.push("display_name");
        }
        if self.answering != other.answering {
            changed.push("auto_reply");
        }
        if self.default_assignee != other.default_assignee {
            changed.push("default_assignee");
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_names_what_changed_and_the_same_again_is_no_event() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let (mut inbox, _) = Inbox::of_source(Channel::WeChat, SourceId::new(now), now);
        let settings = Settings { answering: Answering::Agents, ..inbox.settings.clone() };

        let event = inbox.update(settings.clone(), now);

        assert_eq!(event, Some(Event::Updated(vec!["auto_reply"])));
        assert_eq!(inbox.version, 2);
        assert_eq!(inbox.update(settings, now), None);
        assert_eq!(inbox.version, 2);
    }
}
