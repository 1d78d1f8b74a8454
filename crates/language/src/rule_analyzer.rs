//! The analyzer by rules and dictionaries: the order of the steps, no table.

use crate::analysis::{Analysis, Entity};
use crate::lexicon::lexicon;
use crate::text::Text;
use crate::{Analyzer, atoms, detect, entities, intent, keywords, sentiment, tokens};

/// Name and version of these rules: changes whenever a table or a rule does.
const MODEL: &str = "rules-1";

/// Analyses by rules and dictionaries. Reads the first [`MAX_CHARS`](crate::MAX_CHARS) characters,
/// in time linear in them; what follows is ignored.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleAnalyzer;

impl RuleAnalyzer {
    /// Parses the tables, so that the first text does not have to wait for them.
    pub fn new() -> Self {
        lexicon();
        Self
    }
}

impl Analyzer for RuleAnalyzer {
    fn analyze(&self, text: &str) -> Analysis {
        let lexicon = lexicon();
        let folded = Text::fold(text, &lexicon.simplified);
        let found = entities::find(&folded.chars);
        let atoms = atoms::read(&folded, &found, lexicon);
        let spans = tokens::segment(&atoms, lexicon);

        Analysis {
            language: detect::language(&atoms, &folded, lexicon),
            tokens: tokens::tokens(text, &folded, &atoms, &spans, lexicon),
            sentiment: sentiment::judge(&atoms, &spans, lexicon),
            intent: intent::judge(&atoms, lexicon),
            entities: found
                .iter()
                .map(|it| Entity { kind: it.kind, range: folded.bytes(&it.chars) })
                .collect(),
            keywords: keywords::pick(&folded, &atoms, &spans, lexicon),
            model: MODEL,
        }
    }
}
