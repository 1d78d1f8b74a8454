//! What an adapter finds in a stored document, in the words of the domain. No database is needed for it.

use chassis::redact::Redacted;
use chrono::{DateTime, Utc};
use tracing::info_span;

use super::App;
use crate::{
    channels::{
        inbound::{Inbound, Kind, Undecodable},
        wechat,
    },
    domain::{Analysis, Channel, EnvelopeState, ExternalId, MessageKind},
};

/// What a document says.
#[derive(Debug)]
pub(crate) enum Reading {
    /// A message of a customer.
    Message(Box<Message>),
    /// Something that makes no message: an event, or a type this release does not know.
    Unsupported {
        /// The provider's type, such as `event:subscribe`.
        message_type: String,
    },
    /// Nothing: it cannot be read.
    Undecodable {
        /// Why, without a word of the document.
        reason: &'static str,
    },
}

/// A message of a customer.
#[derive(Debug)]
pub(crate) struct Message {
    /// The provider's type.
    pub(crate) message_type: &'static str,
    /// Who wrote it.
    pub(crate) sender: ExternalId,
    /// What it is made of.
    pub(crate) kind: MessageKind,
    /// What it says.
    pub(crate) text: Redacted<String>,
    /// What it was understood to mean.
    pub(crate) analysis: Option<Analysis>,
    /// The provider's time.
    pub(crate) provider_time: DateTime<Utc>,
}

impl Reading {
    /// The state of an envelope that says this.
    pub(crate) fn state(&self) -> EnvelopeState {
        match self {
            Self::Message(_) => EnvelopeState::Decoded,
            Self::Unsupported { .. } => EnvelopeState::Unsupported,
            Self::Undecodable { .. } => EnvelopeState::Undecodable,
        }
    }
}

/// What was said, or the provider's name of what was done.
enum Content {
    Said(MessageKind, Text),
    Done(String),
}

/// What a message says, and whether those are the customer's own words.
enum Text {
    /// The customer's words, worth analysing.
    Words(String),
    /// A description in square brackets.
    Description(String),
}

impl App {
    /// Reads a document of a channel and analyses what it says.
    pub(crate) fn read(&self, channel: Channel, document: Vec<u8>) -> Reading {
        let decoded = match channel {
            Channel::WeChat => wechat::decode(&wechat::Verified::from_stored(document)),
        };
        match decoded {
            Ok(inbound) => self.understand(inbound),
            Err(Undecodable(reason)) => Reading::Undecodable { reason },
        }
    }

    /// Analyses a text.
    pub(crate) fn analyze(&self, text: &str) -> language::Analysis {
        info_span!("analyze text").in_scope(|| self.analyzer.analyze(text))
    }

    fn understand(&self, inbound: Inbound) -> Reading {
        let message_type = inbound.kind.name();
        let (kind, text) = match content(inbound.kind) {
            Content::Said(kind, text) => (kind, text),
            Content::Done(message_type) => return Reading::Unsupported { message_type },
        };
        let (text, analysis) = match text {
            Text::Words(words) => {
                let analysis = Analysis::from(&self.analyze(&words));
                (words, Some(analysis))
            }
            Text::Description(description) => (description, None),
        };
        Reading::Message(Box::new(Message {
            message_type,
            sender: Redacted::new(inbound.sender),
            kind,
            text: Redacted::new(text),
            analysis,
            provider_time: inbound.sent_at,
        }))
    }
}

fn content(kind: Kind) -> Content {
    let described = |kind, description: String| Content::Said(kind, Text::Description(description));
    match kind {
        Kind::Text { content } if content.trim().is_empty() => {
            described(MessageKind::Text, "[empty]".to_owned())
        }
        Kind::Text { content } => Content::Said(MessageKind::Text, Text::Words(content)),
        Kind::Voice { transcript: Some(words), .. } if !words.trim().is_empty() => {
            Content::Said(MessageKind::Voice, Text::Words(words))
        }
        Kind::Voice { .. } => described(MessageKind::Voice, "[voice]".to_owned()),
        Kind::Image { .. } => described(MessageKind::Image, "[image]".to_owned()),
        Kind::Video { .. } => described(MessageKind::Video, "[video]".to_owned()),
        Kind::Location { label, latitude, longitude, .. } => {
            let place = match label.filter(|it| !it.trim().is_empty()) {
                Some(label) => label,
                None => format!("{latitude}, {longitude}"),
            };
            described(MessageKind::Location, format!("[location: {place}]"))
        }
        Kind::Link { title, url, .. } => {
            described(MessageKind::Link, format!("[link: {title} {url}]"))
        }
        Kind::Event(event) => Content::Done(format!("event:{}", event.name)),
        Kind::Unsupported { type_name } => Content::Done(type_name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_text_is_described_in_brackets() {
        #[track_caller]
        fn check(kind: Kind, expected: &str) {
            match content(kind) {
                Content::Said(_, Text::Description(description)) => {
                    assert_eq!(description, expected);
                }
                Content::Said(_, Text::Words(words)) => assert_eq!(words, expected),
                Content::Done(done) => assert_eq!(done, expected),
            }
        }

        let voice = |transcript: Option<&str>| Kind::Voice {
            media_id: String::new(),
            format: None,
            transcript: transcript.map(str::to_owned),
        };
        check(Kind::Text { content: "你好".to_owned() }, "你好");
        check(Kind::Text { content: " ".to_owned() }, "[empty]");
        check(voice(Some("查询订单")), "查询订单");
        check(voice(Some(" ")), "[voice]");
        check(voice(None), "[voice]");
        check(
            Kind::Location { latitude: 1.5, longitude: 2.0, scale: None, label: None },
            "[location: 1.5, 2]",
        );
        check(Kind::Unsupported { type_name: "miniprogrampage".to_owned() }, "miniprogrampage");
    }
}
