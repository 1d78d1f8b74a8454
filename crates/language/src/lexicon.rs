//! The tables of `tables/*.txt`, parsed once into what the judgements look up. Knows no text.

mod phrases;
mod rules;
mod stem;
mod table;
mod vocabulary;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::analysis::{EntityKind, PartOfSpeech};
use crate::scan::{self, Class};
use crate::text::Text;
pub(crate) use phrases::{Phrases, Symbol};
pub(crate) use rules::{Concept, Rule};
use table::{Malformed, Section, sections};
pub(crate) use vocabulary::UNKNOWN;
use vocabulary::{Source, Vocabulary};

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    Lexicon::parse().expect("the shipped tables parse: `every_shipped_table_parses` reads them all")
});

/// Characters that rather stand before a word than begin one.
const PREFIXES: &str = "不没太很无未别有被超最极";
/// Longest entry of the feelings that counts as a word of its own.
const MAX_WORD: usize = 4;
/// A number of fewer digits is like any other, even in a table; `618` and `12315` are names.
const MIN_NAMED_NUMBER: usize = 3;
/// The symbol of every plain number. Control characters are never atoms, so their values are free.
const NUMBER: Symbol = 1;

/// What a phrase does to the feeling of its clause.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Feeling {
    /// Is pleasant or unpleasant; 0 keeps a shorter phrase inside it from counting.
    Valence(f64),
    /// Turns what follows around.
    Negation,
    /// Makes what follows stronger or weaker.
    Degree(f64),
    /// Makes what follows count more than what came before.
    Contrast,
    /// Makes a question of the sentence.
    Question,
}

/// All tables.
pub(crate) struct Lexicon {
    /// Traditional characters and their simplified ones.
    pub(crate) simplified: HashMap<char, char>,
    /// Chinese words.
    pub(crate) words: Phrases<Option<PartOfSpeech>>,
    /// Chinese words, read from their end.
    pub(crate) reversed: Phrases<()>,
    /// English words by spelling.
    pub(crate) english: HashMap<&'static str, PartOfSpeech>,
    /// Frequent words of languages this crate does not read.
    pub(crate) foreign: HashSet<&'static str>,
    /// What phrases do to feelings.
    pub(crate) feelings: Phrases<Feeling>,
    /// What phrases speak of.
    pub(crate) concepts: Phrases<Concept>,
    /// Which concepts together mean which intent.
    pub(crate) rules: Vec<Rule>,
    vocabulary: Vocabulary,
}

/// Returns the tables.
pub(crate) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

/// Returns the symbol of an entity that has no words of its own.
pub(crate) fn entity_symbol(kind: EntityKind) -> Option<Symbol> {
    match kind {
        EntityKind::OrderNumber => Some(2),
        EntityKind::TrackingNumber => Some(3),
        EntityKind::Phone => Some(4),
        EntityKind::Email => Some(5),
        EntityKind::Url => Some(6),
        EntityKind::Money | EntityKind::Date => None,
    }
}

impl Lexicon {
    /// Returns the symbol of a piece of folded text.
    pub(crate) fn symbol(&self, class: Class, chars: &[char]) -> Symbol {
        match (class, chars) {
            (Class::Word, _) => self.vocabulary.symbol(&chars.iter().collect::<String>()),
            (Class::Number, _) => match self.vocabulary.symbol(&chars.iter().collect::<String>()) {
                UNKNOWN => NUMBER,
                listed => listed,
            },
            (Class::Foreign | Class::Code | Class::Space, _) | (_, []) => UNKNOWN,
            (Class::Han | Class::Mark | Class::Sign, [first, ..]) => u32::from(*first),
        }
    }

    fn parse() -> Result<Self, Malformed> {
        let mut lexicon = Self {
            simplified: pairs("traditional", include_str!("tables/traditional.txt"))?,
            words: Phrases::new(),
            reversed: Phrases::new(),
            english: HashMap::new(),
            foreign: HashSet::new(),
            feelings: Phrases::new(),
            concepts: Phrases::new(),
            rules: Vec::new(),
            vocabulary: Vocabulary::new(forms("forms", include_str!("tables/forms.txt"))?),
        };
        lexicon.add_words("words_zh", include_str!("tables/words_zh.txt"))?;
        lexicon.add_words("words_en", include_str!("tables/words_en.txt"))?;
        for section in sections("foreign", include_str!("tables/foreign.txt"))? {
            lexicon.foreign.extend(section.words);
        }
        lexicon.add_feelings("signs", include_str!("tables/signs.txt"))?;
        lexicon.add_feelings("feelings_zh", include_str!("tables/feelings_zh.txt"))?;
        lexicon.add_feelings("feelings_en", include_str!("tables/feelings_en.txt"))?;
        let mut names = rules::Names::default();
        lexicon.add_concepts("concepts_zh", include_str!("tables/concepts_zh.txt"), &mut names)?;
        lexicon.add_concepts("concepts_en", include_str!("tables/concepts_en.txt"), &mut names)?;
        lexicon.rules = rules::parse("intents", include_str!("tables/intents.txt"), &names)?;
        lexicon.vocabulary.close();
        Ok(lexicon)
    }

    fn add_words(&mut self, table: &'static str, source: &'static str) -> Result<(), Malformed> {
        for Section { header, words } in sections(table, source)? {
            let Some(class) = PartOfSpeech::from_name(header) else {
                return Err(Malformed { table, problem: format!("`{header}` is no word class") });
            };
            for word in words {
                if word.chars().all(scan::is_han) {
                    self.add_word(word, Some(class));
                } else {
                    self.english.entry(word).or_insert(class);
                    self.vocabulary.intern(word, Source::Common);
                }
            }
        }
        Ok(())
    }

    /// Adds a Chinese word; the first class it was listed under stays its class.
    fn add_word(&mut self, word: &str, class: Option<PartOfSpeech>) {
        let symbols: Vec<Symbol> = word.chars().map(u32::from).collect();
        if self.words.get(symbols.iter().copied()).is_empty() {
            self.reversed.insert(symbols.iter().rev().copied(), ());
            self.words.insert(symbols, class);
        }
    }

    fn add_feelings(&mut self, table: &'static str, source: &'static str) -> Result<(), Malformed> {
        for Section { header, words } in sections(table, source)? {
            let Some(feeling) = feeling(header) else {
                return Err(Malformed { table, problem: format!("`{header}` is no feeling") });
            };
            for word in words {
                let phrase = self.phrase(table, word)?;
                if self.is_one_word(word) {
                    self.add_word(word, None);
                }
                match self.feelings.get(phrase.iter().copied()) {
                    [] => self.feelings.insert(phrase, feeling),
                    [known, ..] if *known == feeling => (),
                    [..] => {
                        let problem = format!("`{word}` is listed with another feeling");
                        return Err(Malformed { table, problem });
                    }
                }
            }
        }
        Ok(())
    }

    /// Guesses whether a table entry is one word, or words that stand together often.
    fn is_one_word(&self, entry: &str) -> bool {
        let chars: Vec<char> = entry.chars().collect();
        if !(2..=MAX_WORD).contains(&chars.len()) || !entry.chars().all(scan::is_han) {
            return false;
        }
        let known = |part: &[char]| {
            let symbols = part.iter().map(|it| u32::from(*it));
            !self.words.get(symbols).is_empty()
        };
        let built = 2 < chars.len() && (known(&chars[..2]) || known(&chars[chars.len() - 2..]));
        !PREFIXES.contains(chars[0]) && !built
    }

    fn add_concepts(
        &mut self,
        table: &'static str,
        source: &'static str,
        names: &mut rules::Names,
    ) -> Result<(), Malformed> {
        for Section { header, words } in sections(table, source)? {
            let concept = names.declare(table, header)?;
            for word in words {
                let phrase = self.phrase(table, word)?;
                self.concepts.insert(phrase, concept);
            }
        }
        Ok(())
    }

    /// Reads a table entry: `_` joins words to a phrase, `<email>` and `<number>` stand for any of them.
    fn phrase(&mut self, table: &'static str, entry: &str) -> Result<Vec<Symbol>, Malformed> {
        let mut phrase = Vec::new();
        for part in entry.split('_') {
            match part.strip_prefix('<').and_then(|it| it.strip_suffix('>')) {
                Some(name) => match placeholder(name) {
                    Some(symbol) => phrase.push(symbol),
                    None => {
                        let problem = format!("`{part}` stands for nothing");
                        return Err(Malformed { table, problem });
                    }
                },
                None => self.add_symbols(part, &mut phrase),
            }
        }
        match phrase.is_empty() {
            true => Err(Malformed { table, problem: format!("`{entry}` has no symbols") }),
            false => Ok(phrase),
        }
    }

    fn add_symbols(&mut self, part: &str, phrase: &mut Vec<Symbol>) {
        let text = Text::fold(part, &self.simplified);
        for (class, chars) in scan::pieces(&text.chars, 0..text.chars.len()) {
            match class {
                Class::Number if chars.len() < MIN_NAMED_NUMBER => phrase.push(NUMBER),
                Class::Word | Class::Number => {
                    phrase.push(self.vocabulary.intern(&text.slice(&chars), Source::Cue));
                }
                Class::Han | Class::Mark | Class::Sign => {
                    phrase.push(self.symbol(class, &text.chars[chars]));
                }
                Class::Foreign | Class::Code | Class::Space => (),
            }
        }
    }
}

/// Returns the symbol of everything of a kind: `<number>`, `<email>`.
fn placeholder(name: &str) -> Option<Symbol> {
    match name {
        "number" => Some(NUMBER),
        _ => EntityKind::from_name(name).and_then(entity_symbol),
    }
}

fn feeling(header: &str) -> Option<Feeling> {
    match header.split_once(' ') {
        Some(("degree", factor)) => factor.parse().ok().map(Feeling::Degree),
        Some(_) => None,
        None => match header {
            "negation" => Some(Feeling::Negation),
            "contrast" => Some(Feeling::Contrast),
            "question" => Some(Feeling::Question),
            valence => valence.parse().ok().map(Feeling::Valence),
        },
    }
}

/// Reads words of two different characters each: from, to.
fn pairs(table: &'static str, source: &str) -> Result<HashMap<char, char>, Malformed> {
    let mut pairs = HashMap::new();
    for word in sections(table, source)?.into_iter().flat_map(|it| it.words) {
        let mut chars = word.chars();
        let (Some(from), Some(to), None) = (chars.next(), chars.next(), chars.next()) else {
            return Err(Malformed { table, problem: format!("`{word}` is no pair") });
        };
        if from == to || pairs.insert(from, to).is_some() {
            return Err(Malformed { table, problem: format!("`{word}` says nothing new") });
        }
    }
    Ok(pairs)
}

/// Reads sections whose header is a word and whose words are its irregular forms.
fn forms(
    table: &'static str,
    source: &'static str,
) -> Result<HashMap<&'static str, &'static str>, Malformed> {
    let mut forms = HashMap::new();
    for Section { header, words } in sections(table, source)? {
        for word in words {
            if forms.insert(word, header).is_some() {
                return Err(Malformed { table, problem: format!("`{word}` is listed twice") });
            }
        }
    }
    Ok(forms)
}

#[cfg(test)]
mod tests {
    use super::Lexicon;

    #[test]
    fn every_shipped_table_parses() {
        let problem = Lexicon::parse().err().map(|it| it.to_string());

        assert_eq!(problem, None);
    }
}
