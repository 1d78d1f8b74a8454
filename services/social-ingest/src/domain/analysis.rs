//! What a text was understood to mean: labels only, so it may travel in events.

use language::{Language, SentimentLabel};
use serde::{Deserialize, Serialize};

use super::words::words;

words! {
    /// The mood of a text.
    Sentiment {
        /// Content or thankful.
        Positive = "POSITIVE",
        /// Neither.
        Neutral = "NEUTRAL",
        /// Unhappy.
        Negative = "NEGATIVE",
    }
}

/// The labels of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Analysis {
    /// BCP 47 tag, `und` if it cannot be told.
    pub(crate) language_code: String,
    /// The mood.
    pub(crate) sentiment: Sentiment,
    /// From -1 to 1.
    pub(crate) sentiment_score: f64,
    /// What the writer wants.
    pub(crate) intent: String,
    /// How sure that is, 0 to 1.
    pub(crate) intent_confidence: f64,
    /// The analyser and its version.
    pub(crate) model: String,
}

impl From<&language::Analysis> for Analysis {
    fn from(analysis: &language::Analysis) -> Self {
        let language_code = match analysis.language {
            Language::Chinese => "zh",
            Language::English => "en",
            Language::Other | Language::Undetermined => "und",
        };
        let sentiment = match analysis.sentiment.label {
            SentimentLabel::Positive => Sentiment::Positive,
            SentimentLabel::Neutral => Sentiment::Neutral,
            SentimentLabel::Negative => Sentiment::Negative,
        };
        Self {
            language_code: language_code.to_owned(),
            sentiment,
            sentiment_score: analysis.sentiment.score,
            intent: analysis.intent.kind.name().to_owned(),
            intent_confidence: analysis.intent.confidence,
            model: analysis.model.to_owned(),
        }
    }
}
