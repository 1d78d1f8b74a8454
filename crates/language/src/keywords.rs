//! The most telling words of a text: content words by frequency. Never a number, an address or a sign.

use std::collections::HashMap;

use crate::analysis::PartOfSpeech;
use crate::atoms::Atom;
use crate::lexicon::Lexicon;
use crate::scan::Class;
use crate::text::Text;
use crate::tokens::{self, Span};

/// Most keywords of one text.
const MOST: usize = 8;
/// A shorter word in Latin letters tells little.
const MIN_LATIN: usize = 3;
/// A word of one Chinese character tells little.
const MIN_HAN: usize = 2;

/// Picks the content words that occur most, nouns first, then in the order of the text.
pub(crate) fn pick(text: &Text, atoms: &[Atom], spans: &[Span], lexicon: &Lexicon) -> Vec<String> {
    let mut found: Vec<(String, f64)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for span in spans {
        let chars = tokens::chars(atoms, span);
        let least = match atoms[span.start].class {
            Class::Han => MIN_HAN,
            Class::Word => MIN_LATIN,
            Class::Number
            | Class::Foreign
            | Class::Mark
            | Class::Sign
            | Class::Code
            | Class::Space => continue,
        };
        let weight = weight(tokens::part_of_speech(text, atoms, span, lexicon));
        if chars.len() < least || weight == 0.0 {
            continue;
        }
        let word = text.slice(&chars);
        let place = *places.entry(word.clone()).or_insert(found.len());
        match found.get_mut(place) {
            Some((_, sum)) => *sum += weight,
            None => found.push((word, weight)),
        }
    }
    found.sort_by(|left, right| right.1.total_cmp(&left.1));
    found.into_iter().take(MOST).map(|(word, _)| word).collect()
}

fn weight(class: Option<PartOfSpeech>) -> f64 {
    match class {
        Some(PartOfSpeech::Noun) => 2.0,
        None => 1.5,
        Some(PartOfSpeech::Verb | PartOfSpeech::Adjective) => 1.0,
        Some(
            PartOfSpeech::Adverb
            | PartOfSpeech::Pronoun
            | PartOfSpeech::Numeral
            | PartOfSpeech::Measure
            | PartOfSpeech::Preposition
            | PartOfSpeech::Conjunction
            | PartOfSpeech::Particle
            | PartOfSpeech::Interjection
            | PartOfSpeech::Punctuation
            | PartOfSpeech::Symbol,
        ) => 0.0,
    }
}
