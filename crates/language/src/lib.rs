//! Text analysis in Chinese and English, in process: it must not know anything else of ours.
//!
//! | file | is | must not know |
//! |---|---|---|
//! | `analysis` | what an analysis says: the types every caller sees | how it was found |
//! | `rule_analyzer` | the order of the steps below | any table |
//! | `text` | the input, cut, folded (width, case, traditional → simplified), with its way back to bytes | words |
//! | `entities/` | numbers, addresses and dates, found by their shape | words |
//! | `lexicon/` | the tables of `tables/*.txt`, parsed once; stems, typo correction, phrases | any text |
//! | `scan` | folded characters as pieces of one class: words, numbers, single Chinese characters | any table |
//! | `atoms` | folded text as symbols: one Chinese character, one English word | segmentation |
//! | `tokens` | symbols as words (bidirectional maximum matching) | feelings and intents |
//! | `detect`, `sentiment`, `intent`, `keywords` | one judgement each | each other |

mod analysis;
mod atoms;
mod detect;
mod entities;
mod intent;
mod keywords;
mod lexicon;
mod rule_analyzer;
mod scan;
mod sentiment;
mod text;
mod tokens;

pub use analysis::{
    Analysis, Entity, EntityKind, Intent, IntentKind, Language, PartOfSpeech, Sentiment,
    SentimentLabel, Token,
};
pub use rule_analyzer::RuleAnalyzer;
pub use text::MAX_CHARS;

/// Reads a text a customer wrote. Never fails: a text that says nothing gets an analysis that says so.
pub trait Analyzer: Send + Sync {
    /// Analyses `text`, or its beginning when it is longer than the implementation reads.
    fn analyze(&self, text: &str) -> Analysis;
}
