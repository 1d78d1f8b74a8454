//! Cuts folded characters into pieces of one class: words, numbers, single Chinese characters. Knows no table.

use std::ops::Range;

/// What a piece is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// One Chinese character.
    Han,
    /// A word in Latin letters, digits allowed after the first.
    Word,
    /// Digits, with points and commas between them.
    Number,
    /// A run of letters of another script.
    Foreign,
    /// One punctuation character.
    Mark,
    /// One emoji or other sign.
    Sign,
    /// An address or number found as an entity.
    Code,
    /// White space and control characters.
    Space,
}

/// A piece and the characters it covers.
pub(crate) type Piece = (Class, Range<usize>);

/// Cuts `chars[range]` into pieces that cover it without gaps.
pub(crate) fn pieces(chars: &[char], range: Range<usize>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let class = class(chars[at]);
        let end = match class {
            Class::Word => word_end(chars, at, range.end),
            Class::Number => number_end(chars, at, range.end),
            Class::Foreign => {
                at + chars[at..range.end].iter().take_while(|it| is_foreign(**it)).count()
            }
            Class::Han | Class::Mark | Class::Sign | Class::Code | Class::Space => at + 1,
        };
        pieces.push((class, at..end));
        at = end;
    }
    pieces
}

/// Whether the character is Chinese (or a Japanese kanji, which looks the same).
pub(crate) fn is_han(char: char) -> bool {
    matches!(
        char,
        '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{323af}' | '\u{3007}'
    )
}

/// Whether the character is a Latin letter, accents included.
pub(crate) fn is_latin(char: char) -> bool {
    char.is_ascii_alphabetic()
        || (matches!(char, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') && char.is_alphabetic())
}

fn is_foreign(char: char) -> bool {
    class(char) == Class::Foreign
}

fn class(char: char) -> Class {
    match char {
        _ if is_latin(char) => Class::Word,
        _ if is_han(char) => Class::Han,
        '0'..='9' => Class::Number,
        _ if char.is_ascii_punctuation() => Class::Mark,
        _ if char.is_whitespace() || char.is_control() => Class::Space,
        _ if char.is_alphanumeric() => Class::Foreign,
        '\u{a1}'..='\u{bf}'
        | '\u{2010}'..='\u{205e}'
        | '\u{3001}'..='\u{303f}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff65}' => Class::Mark,
        _ => Class::Sign,
    }
}

fn word_end(chars: &[char], start: usize, end: usize) -> usize {
    let mut at = start + 1;
    while at < end {
        let letter = is_latin(chars[at]) || chars[at].is_ascii_digit();
        let joint = chars[at] == '\'' && at + 1 < end && is_latin(chars[at + 1]);
        if !letter && !joint {
            break;
        }
        at += 1;
    }
    at
}

fn number_end(chars: &[char], start: usize, end: usize) -> usize {
    let mut at = start + 1;
    while at < end {
        let joint =
            matches!(chars[at], '.' | ',') && at + 1 < end && chars[at + 1].is_ascii_digit();
        if !chars[at].is_ascii_digit() && !joint {
            break;
        }
        at += 1;
    }
    at
}
