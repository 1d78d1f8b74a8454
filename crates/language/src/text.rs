//! The input, cut and folded, with the way back to its bytes. Knows characters, not words.

use std::collections::HashMap;
use std::ops::Range;

/// Longest beginning of a text that is analysed, in characters. What follows is not read.
pub const MAX_CHARS: usize = 10_000;

/// A text whose characters are comparable: one width, lower case, simplified, without invisible ones.
pub(crate) struct Text {
    /// The folded characters.
    pub(crate) chars: Vec<char>,
    /// The bytes each of them came from.
    bytes: Vec<Range<usize>>,
}

impl Text {
    /// Folds the first [`MAX_CHARS`] characters of `raw`.
    pub(crate) fn fold(raw: &str, simplified: &HashMap<char, char>) -> Self {
        let mut text = Self { chars: Vec::new(), bytes: Vec::new() };
        for (start, original) in raw.char_indices().take(MAX_CHARS) {
            if is_invisible(original) {
                continue;
            }
            let narrow = narrow(original);
            let simple = simplified.get(&narrow).copied().unwrap_or(narrow);
            text.chars.push(lower(simple));
            text.bytes.push(start..start + original.len_utf8());
        }
        text
    }

    /// Returns the bytes a non-empty range of folded characters came from.
    pub(crate) fn bytes(&self, chars: &Range<usize>) -> Range<usize> {
        match (self.bytes.get(chars.start), self.bytes.get(chars.end.wrapping_sub(1))) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// Returns the folded characters of a range as a string.
    pub(crate) fn slice(&self, chars: &Range<usize>) -> String {
        self.chars[chars.clone()].iter().collect()
    }
}

/// Zero-width and combining characters, variation selectors, skin tones: they part what belongs together.
fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'
            | '\u{e0000}'..='\u{e007f}' | '\u{20e3}'
    )
}

/// Full-width forms and typographic quotes as their plain ASCII character.
fn narrow(char: char) -> char {
    match char {
        '\u{3000}' | '\u{a0}' => ' ',
        '’' | '‘' | '`' | '´' => '\'',
        '“' | '”' => '"',
        '￥' => '¥',
        '－' | '–' | '—' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(char) - 0xff01 + 0x21).unwrap_or(char),
        _ => char,
    }
}

/// Lower case, for the characters that have a single one.
fn lower(char: char) -> char {
    let mut folded = char.to_lowercase();
    match (folded.next(), folded.next()) {
        (Some(single), None) => single,
        _ => char,
    }
}
