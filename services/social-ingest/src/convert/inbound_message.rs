//! Inbound messages and what they were understood to mean.

use proto::{customer::v1::IdentityKey, social::v1 as pb};

use super::{channel, optional, timestamp};
use crate::domain::{Analysis, InboundMessage, MessageKind, Sentiment};

/// A message as those see it who may read it.
pub(crate) fn inbound_message(message: &InboundMessage) -> pb::InboundMessage {
    let sender = IdentityKey {
        channel: channel(message.channel).into(),
        realm: message.realm.clone(),
        external_id: message.sender.expose().clone(),
    };
    pb::InboundMessage {
        name: message.id.to_string(),
        source: message.source.to_string(),
        thread: message.thread.to_string(),
        sender: Some(sender),
        kind: message_kind(message.kind).into(),
        text: message.text.expose().clone(),
        analysis: message.analysis.as_ref().map(analysis),
        provider_time: Some(timestamp(message.provider_time)),
        receive_time: Some(timestamp(message.receive_time)),
        project_time: optional(message.project_time),
        answer_time: optional(message.answer_time),
    }
}

/// What a message is made of.
pub(crate) fn message_kind(kind: MessageKind) -> pb::inbound_message::Kind {
    match kind {
        MessageKind::Text => pb::inbound_message::Kind::Text,
        MessageKind::Image => pb::inbound_message::Kind::Image,
        MessageKind::Voice => pb::inbound_message::Kind::Voice,
        MessageKind::Video => pb::inbound_message::Kind::Video,
        MessageKind::Location => pb::inbound_message::Kind::Location,
        MessageKind::Link => pb::inbound_message::Kind::Link,
    }
}

/// The labels of a text.
pub(crate) fn analysis(analysis: &Analysis) -> pb::Analysis {
    let sentiment = match analysis.sentiment {
        Sentiment::Positive => pb::Sentiment::Positive,
        Sentiment::Neutral => pb::Sentiment::Neutral,
        Sentiment::Negative => pb::Sentiment::Negative,
    };
    pb::Analysis {
        language_code: analysis.language_code.clone(),
        sentiment: sentiment.into(),
        sentiment_score: analysis.sentiment_score,
        intent: analysis.intent.clone(),
        intent_confidence: analysis.intent_confidence,
        model: analysis.model.clone(),
    }
}

/// All that the analyser says about `text`.
pub(crate) fn analyzed(text: &str, found: language::Analysis) -> pb::AnalyzeTextResponse {
    let offset = |at: usize| i32::try_from(at).unwrap_or(i32::MAX);
    let entities = found.entities.iter().map(|it| pb::Entity {
        kind: it.kind.name().to_owned(),
        text: text.get(it.range.clone()).unwrap_or_default().to_owned(),
        begin_offset: offset(it.range.start),
    });
    let tokens = found
        .tokens
        .iter()
        .map(|it| pb::Token { text: it.text.clone(), begin_offset: offset(it.range.start) });
    pb::AnalyzeTextResponse {
        analysis: Some(analysis(&Analysis::from(&found))),
        tokens: tokens.collect(),
        entities: entities.collect(),
        keywords: found.keywords.clone(),
    }
}
