//! The auto-reply rule: what is done about a message of some intent.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use chassis::malformed::Malformed;

use super::{
    agent::Agent,
    analysis::primary_subtag,
    ids::{InboxId, RuleId},
    named::named,
    text::{DisplayName, Text},
};

named! {
    /// What a rule does.
    Action {
        /// Replies with the status of the contact's latest order.
        StateOrder = "state_order",
        /// Replies with the rule's text in the customer's language.
        Reply = "reply",
        /// Assigns the conversation.
        Assign = "assign",
    }
}

/// What is done about an incoming message of some intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What its users may change: all of it.
    pub content: Content,
    /// When it was created.
    pub create_time: DateTime<Utc>,
    /// When it last changed.
    pub update_time: DateTime<Utc>,
    /// Counts its events from 1.
    pub version: u64,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What agents call it.
    pub display_name: DisplayName,
    /// What it is about.
    pub intent: Intent,
    /// The inbox it is about; all without one.
    pub inbox: Option<InboxId>,
    /// What it does.
    pub action: Action,
    /// Texts by language.
    pub replies: Replies,
    /// Whom it assigns to.
    pub assignee: Option<Agent>,
    /// Lower decides first.
    pub priority: i32,
    /// Whether it applies.
    pub switch: Switch,
}

/// Whether a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Switch {
    /// It does.
    On,
    /// It waits.
    Off,
}

/// The intent a rule is about: a label such as `order_status`, or `*` for any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Intent(String);

impl Intent {
    const MAX_LEN: usize = 64;
    const ANY: &str = "*";

    /// Takes a label of the analysis, or says that it can be none.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        let is_label = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
        let fits = raw == Self::ANY || (raw.len() <= Self::MAX_LEN && raw.chars().all(is_label));
        if raw.is_empty() || !fits {
            return Err(Malformed("must be a label such as `order_status`, or `*`"));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The label as a column holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether a message of `intent` is meant.
    pub fn covers(&self, intent: &str) -> bool {
        self.0 == Self::ANY || self.0 == intent
    }

    /// Takes a label that was checked when it was stored.
    pub(crate) fn known(intent: String) -> Self {
        Self(intent)
    }
}

/// Reply texts by language. Written by the tenant for everybody, so they are no personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Replies(BTreeMap<String, String>);

impl Replies {
    const MAX_LANGUAGES: usize = 50;
    const MAX_TAG_LEN: usize = 35;
    const STAND_IN: &str = "en";

    /// Takes texts by BCP 47 tag, or says what is wrong with one.
    pub fn parse(replies: BTreeMap<String, String>) -> Result<Self, Malformed> {
        if Self::MAX_LANGUAGES < replies.len() {
            return Err(Malformed("must have at most 50 languages"));
        }
        for (tag, reply) in &replies {
            let is_tag = |it: char| it.is_ascii_alphanumeric() || it == '-';
            if tag.is_empty() || Self::MAX_TAG_LEN < tag.len() || !tag.chars().all(is_tag) {
                return Err(Malformed("must be keyed by BCP 47 language tags"));
            }
            if Text::parse(reply).is_err() {
                return Err(Malformed("must be texts of 1 to 8,000 characters"));
            }
        }
        Ok(Self(replies))
    }

    /// The texts by language.
    pub fn by_language(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// The text for a language: of the tag itself, of its language at large, or English instead.
    pub fn text(&self, language_code: &str) -> Option<Text> {
        [language_code, primary_subtag(language_code), Self::STAND_IN]
            .into_iter()
            .find_map(|tag| self.0.get(tag))
            .map(|reply| Text::clipped(reply))
    }

    /// Takes texts that were checked when they were stored.
    pub(crate) fn known(replies: BTreeMap<String, String>) -> Self {
        Self(replies)
    }
}

/// Which rules a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those about this intent.
    pub intent: Option<String>,
    /// Only those of this inbox; `Some(None)` for those of all.
    pub inbox: Option<Option<InboxId>>,
}

/// The place of a rule in the order in which rules decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Lower comes first.
    pub priority: i32,
    /// Older comes first.
    pub create_time: DateTime<Utc>,
    /// Its id, which decides between equal times.
    pub id: Uuid,
}

/// What happened to a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was created.
    Created,
    /// These fields of it changed.
    Updated(Vec<&'static str>),
    /// It was deleted for good.
    Deleted,
}

impl Content {
    /// Priority of a rule that does not say.
    pub const USUAL_PRIORITY: i32 = 100;

    /// Checks what fields say together: a rule that replies needs a text to reply with.
    pub fn complete(self) -> Result<Self, Malformed> {
        if self.action == Action::Reply && self.replies.by_language().is_empty() {
            return Err(Malformed("must have a text for a rule that replies"));
        }
        Ok(self)
    }

    /// A content that nobody has filled in yet.
    pub(crate) fn blank() -> Self {
        Self {
            display_name: DisplayName::known(""),
            intent: Intent(String::new()),
            inbox: None,
            action: Action::Assign,
            replies: Replies::default(),
            assignee: None,
            priority: Self::USUAL_PRIORITY,
            switch: Switch::Off,
        }
    }

    fn differences(&self, other: &Self) -> Vec<&'static str> {
        let compared = [
            ("display_name", self.display_name == other.display_name),
            ("intent", self.intent == other.intent),
            ("inbox", self.inbox == other.inbox),
            ("action", self.action == other.action),
            ("replies", self.replies == other.replies),
            ("assignee", self.assignee == other.assignee),
            ("priority", self.priority == other.priority),
            ("enabled", self.switch == other.switch),
        ];
        compared.into_iter().filter(|(_, same)| !same).map(|(field, _)| field).collect()
    }
}

impl Rule {
    /// Creates a rule.
    pub fn create(content: Content, now: DateTime<Utc>) -> (Self, Event) {
        let id = RuleId::new(now);
        (Self { id, content, create_time: now, update_time: now, version: 1 }, Event::Created)
    }

    /// Changes what it says. Nothing happens if it is the same.
    pub fn update(&mut self, content: Content, now: DateTime<Utc>) -> Option<Event> {
        let changed = self.content.differences(&content);
        if changed.is_empty() {
            return None;
        }
        self.content = content;
        self.update_time = now;
        self.version += 1;
        Some(Event::Updated(changed))
    }

    /// The version of the event that ends it; the rule itself is returned as it was.
    pub const fn deleted_version(&self) -> u64 {
        self.version + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_is_a_label_or_a_star() {
        #[track_caller]
        fn check(raw: &str, expected: bool) {
            assert_eq!(Intent::parse(raw).is_ok(), expected, "{raw}");
        }

        check("order_status", true);
        check("*", true);
        check("", false);
        check("Order Status", false);
        check("**", false);
        check(&"x".repeat(65), false);
    }

    #[test]
    fn a_reply_is_found_by_tag_then_language_then_english() {
        let replies = [("zh", "中"), ("zh-TW", "台"), ("en", "E")];
        let replies = replies.map(|(tag, text)| (tag.to_owned(), text.to_owned()));
        let replies = Replies::parse(replies.into_iter().collect()).unwrap();
        let text = |tag: &str| replies.text(tag).map(|it| it.expose().to_owned());

        assert_eq!(text("zh-TW").as_deref(), Some("台"));
        assert_eq!(text("zh-CN").as_deref(), Some("中"));
        assert_eq!(text("fr").as_deref(), Some("E"));
        assert_eq!(Replies::default().text("zh"), None);
    }

    #[test]
    fn reply_texts_and_their_languages_are_bounded() {
        let parse = |tag: &str, text: &str| {
            Replies::parse(BTreeMap::from([(tag.to_owned(), text.to_owned())])).is_ok()
        };

        assert!(parse("zh-Hans", "好"));
        assert!(!parse("", "好"));
        assert!(!parse("中文", "好"));
        assert!(!parse("zh", ""));
        assert!(!parse("zh", &"好".repeat(8_001)));
    }
}
