//! English words as symbols: endings cut, stretched letters shortened, modest typos of cue words corrected.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::phrases::Symbol;
use super::stem::stem;

/// The symbol of a word no table has.
pub(crate) const UNKNOWN: Symbol = 0;
/// Symbols below are Unicode scalar values.
const FIRST: Symbol = 0x11_0000;
/// A shorter stem is too close to too many words to correct.
const MIN_TYPO: usize = 4;
/// A shorter cue word is too close to too many words to be meant.
const MIN_CUE: usize = 5;
/// In a shorter word, another letter makes another word: `older` is no `order`.
const MIN_WRONG: usize = 7;
/// Longer than any word of the tables.
const MAX_WORD: usize = 24;

/// Who put a word into a table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A table of cues: worth correcting typos into.
    Cue,
    /// The plain word list: known, therefore no typo.
    Common,
}

/// The words of all tables.
pub(crate) struct Vocabulary {
    symbols: HashMap<String, Symbol>,
    stems: Vec<(String, Source)>,
    forms: HashMap<&'static str, &'static str>,
    gaps: HashMap<String, Vec<Symbol>>,
}

impl Vocabulary {
    /// Knows no word yet; `forms` are the irregular ones, each with its plain word.
    pub(crate) fn new(forms: HashMap<&'static str, &'static str>) -> Self {
        Self { symbols: HashMap::new(), stems: Vec::new(), forms, gaps: HashMap::new() }
    }

    /// Adds a word, or finds it.
    pub(crate) fn intern(&mut self, word: &str, source: Source) -> Symbol {
        let stem = self.stem(word);
        let next = FIRST + self.stems.len() as Symbol;
        let symbol = match self.symbols.entry(stem.clone()) {
            Entry::Vacant(vacant) => {
                self.stems.push((stem, Source::Common));
                *vacant.insert(next)
            }
            Entry::Occupied(known) => *known.get(),
        };
        if source == Source::Cue {
            self.stems[(symbol - FIRST) as usize].1 = Source::Cue;
        }
        symbol
    }

    /// Prepares corrections, once every table is in.
    pub(crate) fn close(&mut self) {
        for (index, (stem, source)) in self.stems.iter().enumerate() {
            if *source == Source::Cue && stem.is_ascii() && MIN_CUE <= stem.len() {
                for gap in without_one_letter(stem) {
                    self.gaps.entry(gap).or_default().push(FIRST + index as Symbol);
                }
            }
        }
    }

    /// Returns the symbol of a word as a customer writes it, or [`UNKNOWN`].
    pub(crate) fn symbol(&self, word: &str) -> Symbol {
        if MAX_WORD < word.len() {
            return UNKNOWN;
        }
        self.known(word)
            .or_else(|| self.known(&unstretched(word, 2)?))
            .or_else(|| self.known(&unstretched(word, 1)?))
            .or_else(|| self.corrected(word))
            .unwrap_or(UNKNOWN)
    }

    fn known(&self, word: &str) -> Option<Symbol> {
        self.symbols.get(&self.stem(word)).copied()
    }

    fn stem(&self, word: &str) -> String {
        stem(self.forms.get(word).copied().unwrap_or(word))
    }

    /// One letter too few, too many, wrong, or swapped with its neighbour; never the first one.
    fn corrected(&self, word: &str) -> Option<Symbol> {
        let stem = self.stem(word);
        if stem.len() < MIN_TYPO || !stem.bytes().all(|it| it.is_ascii_lowercase()) {
            return None;
        }
        let mut meant = None;
        let too_few = self.gaps.get(&stem).into_iter().flatten().copied();
        let others = without_one_letter(&stem).flat_map(|gap| {
            let too_many = self.symbols.get(&gap).copied();
            let wrong = self.gaps.get(&gap).into_iter().flatten().copied();
            too_many.into_iter().chain(wrong).collect::<Vec<_>>()
        });
        for symbol in too_few.chain(others) {
            let (candidate, source) = &self.stems[(symbol - FIRST) as usize];
            let near = *source == Source::Cue
                && MIN_CUE <= candidate.len()
                && candidate.as_bytes()[0] == stem.as_bytes()[0]
                && one_edit_apart(candidate.as_bytes(), stem.as_bytes());
            if !near || meant == Some(symbol) {
                continue;
            }
            if meant.is_some() {
                return None;
            }
            meant = Some(symbol);
        }
        meant
    }
}

fn without_one_letter(word: &str) -> impl Iterator<Item = String> {
    (1..word.len()).map(|skip| format!("{}{}", &word[..skip], &word[skip + 1..]))
}

/// Whether one insertion, deletion or swap of neighbours leads from one to the other, or one
/// substitution in a word that is long enough.
fn one_edit_apart(left: &[u8], right: &[u8]) -> bool {
    let front = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[front..], &right[front..]);
    match (left, right) {
        ([_, left @ ..], _) if left == right => true,
        (_, [_, right @ ..]) if left == right => true,
        ([_, left @ ..], [_, right @ ..]) if left == right => MIN_WRONG <= front + 1 + left.len(),
        ([a, b, left @ ..], [c, d, right @ ..]) => a == d && b == c && left == right,
        _ => false,
    }
}

/// `sooo goood` with at most `most` equal letters in a row, or `None` when nothing was stretched.
fn unstretched(word: &str, most: usize) -> Option<String> {
    let mut short = String::with_capacity(word.len());
    let mut run = 0;
    for letter in word.chars() {
        run = if short.ends_with(letter) { run + 1 } else { 1 };
        if run <= most {
            short.push(letter);
        }
    }
    let stretched = word.as_bytes().windows(3).any(|it| it[0] == it[1] && it[1] == it[2]);
    stretched.then_some(short)
}

#[cfg(test)]
mod tests {
    use super::{Source, UNKNOWN, Vocabulary};
    use std::collections::HashMap;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::new(HashMap::from([("bought", "buy")]));
        for word in ["refund", "receive", "delivery", "buy", "good"] {
            vocabulary.intern(word, Source::Cue);
        }
        vocabulary.intern("deceive", Source::Common);
        vocabulary.close();
        vocabulary
    }

    #[test]
    fn modest_typos_and_stretched_letters_lead_to_the_cue_word() {
        let vocabulary = vocabulary();
        #[track_caller]
        fn check(vocabulary: &Vocabulary, written: &str, meant: &str) {
            assert_eq!(vocabulary.symbol(written), vocabulary.symbol(meant), "{written}");
        }

        check(&vocabulary, "refudn", "refund");
        check(&vocabulary, "reffund", "refund");
        check(&vocabulary, "recieved", "receive");
        check(&vocabulary, "delivry", "delivery");
        check(&vocabulary, "bought", "buy");
        check(&vocabulary, "gooooood", "good");
    }

    #[test]
    fn known_short_and_distant_words_are_left_alone() {
        let vocabulary = vocabulary();

        assert_ne!(vocabulary.symbol("deceive"), vocabulary.symbol("receive"));
        for word in ["goad", "befund", "refugee", "rfd", "x", "a".repeat(500).as_str()] {
            assert_eq!(vocabulary.symbol(word), UNKNOWN, "{word}");
        }
    }
}
