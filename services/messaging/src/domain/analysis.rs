//! What an incoming text was understood to mean: labels only, never the text.

use serde::{Deserialize, Serialize};

use super::named::named;

named! {
    /// The mood of a text.
    Sentiment {
        /// Content or thankful.
        Positive = "positive",
        /// Neither.
        Neutral = "neutral",
        /// Unhappy.
        Negative = "negative",
    }
}

/// What a text was understood to mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// BCP 47 tag of the language, `und` if it cannot be told.
    pub language_code: String,
    /// The mood, if it was analysed.
    pub sentiment: Option<Sentiment>,
    /// From -1 (very negative) to 1 (very positive).
    pub sentiment_score: f64,
    /// What the writer wants.
    pub intent: String,
    /// How sure that is, 0 to 1.
    pub intent_confidence: f64,
    /// The analyser and its version.
    pub model: String,
}

/// A language that built-in texts are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Chinese,
    /// English, which also stands in for every other language.
    English,
}

impl Language {
    /// The language to answer in, by the BCP 47 tag of what the customer wrote.
    pub fn of(language_code: &str) -> Self {
        match primary_subtag(language_code).to_ascii_lowercase().as_str() {
            "zh" | "yue" | "cmn" => Self::Chinese,
            _ => Self::English,
        }
    }
}

/// `zh` of `zh-Hans-CN`.
pub fn primary_subtag(language_code: &str) -> &str {
    language_code.split(['-', '_']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_answered_in_chinese_and_all_else_in_english() {
        #[track_caller]
        fn check(code: &str, expected: Language) {
            assert_eq!(Language::of(code), expected);
        }

        check("zh", Language::Chinese);
        check("zh-Hant-TW", Language::Chinese);
        check("ZH_cn", Language::Chinese);
        check("en-GB", Language::English);
        check("fr", Language::English);
        check("und", Language::English);
        check("", Language::English);
    }
}
