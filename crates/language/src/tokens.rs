//! Symbols as words: bidirectional maximum matching for Chinese, one symbol a word for the rest.

use std::ops::Range;

use crate::analysis::{PartOfSpeech, Token};
use crate::atoms::Atom;
use crate::lexicon::Lexicon;
use crate::scan::Class;
use crate::text::Text;

/// The atoms of one word.
pub(crate) type Span = Range<usize>;

/// Groups atoms into words that cover all of them, in order.
pub(crate) fn segment(atoms: &[Atom], lexicon: &Lexicon) -> Vec<Span> {
    let mut spans = Vec::with_capacity(atoms.len());
    let mut at = 0;
    while at < atoms.len() {
        if atoms[at].class != Class::Han {
            spans.push(at..at + 1);
            at += 1;
            continue;
        }
        let end = run_end(atoms, at);
        spans.extend(better(forward(atoms, at..end, lexicon), backward(atoms, at..end, lexicon)));
        at = end;
    }
    spans
}

/// Where the Chinese characters that stand together end: white space parts them.
fn run_end(atoms: &[Atom], start: usize) -> usize {
    let mut at = start + 1;
    while at < atoms.len()
        && atoms[at].class == Class::Han
        && atoms[at].chars.start == atoms[at - 1].chars.end
    {
        at += 1;
    }
    at
}

fn forward(atoms: &[Atom], run: Range<usize>, lexicon: &Lexicon) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = run.start;
    while at < run.end {
        let ahead = atoms[at..run.end].iter().map(|it| it.symbol);
        let length = lexicon.words.prefixes(ahead).last().map_or(1, |(length, _)| length);
        spans.push(at..at + length);
        at += length;
    }
    spans
}

fn backward(atoms: &[Atom], run: Range<usize>, lexicon: &Lexicon) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = run.end;
    while run.start < at {
        let behind = atoms[run.start..at].iter().rev().map(|it| it.symbol);
        let length = lexicon.reversed.prefixes(behind).last().map_or(1, |(length, _)| length);
        spans.push(at - length..at);
        at -= length;
    }
    spans.reverse();
    spans
}

/// Fewer words win, then fewer single characters, then the backward one, which is right more often.
fn better(forward: Vec<Span>, backward: Vec<Span>) -> Vec<Span> {
    let cost = |spans: &[Span]| (spans.len(), spans.iter().filter(|it| it.len() == 1).count());
    if cost(&forward) < cost(&backward) { forward } else { backward }
}

/// Returns the words as the customer wrote them.
pub(crate) fn tokens(
    raw: &str,
    text: &Text,
    atoms: &[Atom],
    spans: &[Span],
    lexicon: &Lexicon,
) -> Vec<Token> {
    let token = |span: &Span| {
        let range = text.bytes(&chars(atoms, span));
        let part_of_speech = part_of_speech(text, atoms, span, lexicon);
        Token { text: raw[range.clone()].to_owned(), range, part_of_speech }
    };
    spans.iter().map(token).collect()
}

/// Returns the folded characters of a word.
pub(crate) fn chars(atoms: &[Atom], span: &Span) -> Range<usize> {
    atoms[span.start].chars.start..atoms[span.end - 1].chars.end
}

/// Returns the class of a word: from the dictionary, or from its ending if it is English.
pub(crate) fn part_of_speech(
    text: &Text,
    atoms: &[Atom],
    span: &Span,
    lexicon: &Lexicon,
) -> Option<PartOfSpeech> {
    match atoms[span.start].class {
        Class::Han => {
            let symbols = atoms[span.clone()].iter().map(|it| it.symbol);
            lexicon.words.get(symbols).first().copied().flatten()
        }
        Class::Word => {
            let word = text.slice(&chars(atoms, span));
            lexicon.english.get(word.as_str()).copied().or_else(|| by_ending(&word))
        }
        Class::Number => Some(PartOfSpeech::Numeral),
        Class::Mark => Some(PartOfSpeech::Punctuation),
        Class::Sign => Some(PartOfSpeech::Symbol),
        Class::Code => Some(PartOfSpeech::Noun),
        Class::Foreign | Class::Space => None,
    }
}

fn by_ending(word: &str) -> Option<PartOfSpeech> {
    let endings = [
        (PartOfSpeech::Adverb, &["ly"][..]),
        (PartOfSpeech::Noun, &["tion", "sion", "ment", "ness", "ity", "ance", "ence", "ship"]),
        (PartOfSpeech::Adjective, &["able", "ible", "ful", "less", "ous", "ive"]),
        (PartOfSpeech::Verb, &["ing", "ed", "ize", "ise"]),
    ];
    let fits = |ending: &&str| ending.len() + 2 < word.len() && word.ends_with(*ending);
    endings.iter().find(|(_, endings)| endings.iter().any(fits)).map(|(class, _)| *class)
}
