//! Numbers, addresses, amounts and dates, found by their shape in one pass. Knows no dictionary.

mod address;
mod code;
mod date;
mod money;
mod phone;

use std::ops::Range;

use crate::analysis::EntityKind;

/// A stretch of folded characters that names something.
pub(crate) struct Found {
    /// What it names.
    pub(crate) kind: EntityKind,
    /// The characters.
    pub(crate) chars: Range<usize>,
}

/// Tells where an entity that starts at a position ends. Looks a bounded way back and, on failure, a
/// bounded way ahead or to the end of a run it only enters at its start: that keeps the pass linear.
type Shape = fn(&[char], usize) -> Option<usize>;

/// The shapes, the surest first.
const SHAPES: [(EntityKind, Shape); 10] = [
    (EntityKind::Url, address::url),
    (EntityKind::Email, address::email),
    (EntityKind::Date, date::date),
    (EntityKind::Money, money::money),
    (EntityKind::TrackingNumber, code::named_tracking),
    (EntityKind::OrderNumber, code::named_order),
    (EntityKind::Phone, phone::phone),
    (EntityKind::TrackingNumber, code::shaped_tracking),
    (EntityKind::OrderNumber, code::shaped_order),
    (EntityKind::Phone, phone::named_phone),
];

/// Finds every entity, left to right, without overlaps.
pub(crate) fn find(chars: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let shape = SHAPES.iter().find_map(|(kind, shape)| Some((*kind, shape(chars, at)?)));
        match shape {
            Some((kind, end)) => {
                found.push(Found { kind, chars: at..end });
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The character before a position.
fn before(chars: &[char], at: usize) -> Option<char> {
    at.checked_sub(1).map(|it| chars[it])
}

/// Whether `chars` go on with `word` at a position.
fn goes_on(chars: &[char], at: usize, word: &str) -> bool {
    let mut rest = chars[at.min(chars.len())..].iter();
    word.chars().all(|char| rest.next() == Some(&char))
}

/// The end of the longest of `words` at a position.
fn longest(chars: &[char], at: usize, words: &[&str]) -> Option<usize> {
    let ends = words.iter().filter(|it| goes_on(chars, at, it)).map(|it| at + it.chars().count());
    ends.max()
}

/// Whether no letter or digit of ours touches a position from the left.
fn is_start(chars: &[char], at: usize) -> bool {
    before(chars, at).is_none_or(|it| !it.is_ascii_alphanumeric())
}

/// Whether no letter or digit of ours follows a position.
fn is_end(chars: &[char], at: usize) -> bool {
    chars.get(at).is_none_or(|it| !it.is_ascii_alphanumeric())
}

/// The end of the digits at a position, looking at most `most` ahead.
fn digits(chars: &[char], at: usize, most: usize) -> usize {
    at + chars.iter().skip(at).take(most).take_while(|it| it.is_ascii_digit()).count()
}

/// The value of the digits of a short range.
fn value(chars: &[char], range: Range<usize>) -> u32 {
    chars[range].iter().filter_map(|it| it.to_digit(10)).fold(0, |sum, it| sum * 10 + it)
}

/// What stands before a position, at most `most` characters, without the separators next to it.
fn context(chars: &[char], at: usize, most: usize) -> String {
    let mut words: String = chars[at.saturating_sub(most)..at].iter().collect();
    loop {
        let trimmed = words
            .trim_end_matches([' ', ':', '#', '.', '=', '是', '为', '"', '\'', '(', '[', ',', '-']);
        let shorter = trimmed.strip_suffix(" is").unwrap_or(trimmed).len();
        if shorter == words.len() {
            return words;
        }
        words.truncate(shorter);
    }
}
