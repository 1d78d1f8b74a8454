//! Which language most of a text is written in. Knows scripts and how many words are known, no meaning.

use crate::analysis::Language;
use crate::atoms::Atom;
use crate::lexicon::{Lexicon, UNKNOWN};
use crate::scan::Class;
use crate::text::Text;

/// What an English word weighs in Chinese characters.
const KNOWN_WORD: f64 = 2.0;
/// What a Latin word outside every list weighs: a brand or a name is at home in any language.
const UNKNOWN_WORD: f64 = 0.4;
/// With this many unknown words and not one known, it is some other language.
const MANY_WORDS: f64 = 4.0;
/// English has at least this share of known words, typos and names included.
const KNOWN_SHARE: f64 = 0.25;

#[derive(Default)]
struct Count {
    han: f64,
    kana: f64,
    other_script: f64,
    known: f64,
    unknown: f64,
    foreign: f64,
    accented: f64,
}

/// Judges the language from the scripts and words of the text.
pub(crate) fn language(atoms: &[Atom], text: &Text, lexicon: &Lexicon) -> Language {
    let mut count = Count::default();
    for atom in atoms {
        match atom.class {
            Class::Han => count.han += 1.0,
            Class::Foreign => count.letters(&text.chars[atom.chars.clone()]),
            Class::Word => count.word(atom, text, lexicon),
            Class::Number | Class::Mark | Class::Sign | Class::Code | Class::Space => (),
        }
    }
    count.verdict()
}

impl Count {
    fn letters(&mut self, letters: &[char]) {
        let amount = letters.len() as f64;
        match letters[0] {
            '\u{3040}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => self.kana += amount,
            _ => self.other_script += amount,
        }
    }

    fn word(&mut self, atom: &Atom, text: &Text, lexicon: &Lexicon) {
        if atom.chars.len() == 1 && atom.symbol == UNKNOWN {
            return;
        }
        let word = text.slice(&atom.chars);
        if lexicon.foreign.contains(word.as_str()) {
            self.foreign += 1.0;
        } else if !word.is_ascii() {
            self.accented += 1.0;
        } else if atom.symbol == UNKNOWN {
            self.unknown += 1.0;
        } else {
            self.known += 1.0;
        }
    }

    fn verdict(&self) -> Language {
        let words = self.known + self.unknown + self.foreign + self.accented;
        // Kanji stand between kana all the time; a Chinese text quotes a kana at most in passing.
        let japanese = self.han < self.kana * 5.0;
        let chinese = if japanese { 0.0 } else { self.han };
        let foreign = self.foreign * KNOWN_WORD + self.accented;
        let english = self.known * KNOWN_WORD + self.unknown * UNKNOWN_WORD;
        let script = self.other_script / 2.0 + if japanese { self.kana + self.han } else { 0.0 };

        if 0.0 < chinese && english + foreign <= chinese && script <= chinese {
            return Language::Chinese;
        }
        if english + foreign < script {
            return Language::Other;
        }
        match words {
            0.0 => Language::Undetermined,
            _ if self.known * KNOWN_WORD < foreign => Language::Other,
            _ if self.known == 0.0 && words < MANY_WORDS => Language::Undetermined,
            _ if self.known < words * KNOWN_SHARE => Language::Other,
            _ => Language::English,
        }
    }
}
