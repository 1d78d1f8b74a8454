//! Folded text as symbols, each with the sentence and clause it stands in. Knows no segmentation.

use std::ops::Range;

use crate::entities::Found;
use crate::lexicon::{Lexicon, Symbol, entity_symbol};
use crate::scan::{self, Class};
use crate::text::Text;

/// The smallest thing a table can name: a Chinese character, an English word, a sign, a number.
pub(crate) struct Atom {
    /// What the tables call it.
    pub(crate) symbol: Symbol,
    /// What it is made of.
    pub(crate) class: Class,
    /// The folded characters it covers.
    pub(crate) chars: Range<usize>,
    /// The sentence it stands in, counted from 0.
    pub(crate) sentence: usize,
    /// The clause it stands in, counted from 0 through the whole text.
    pub(crate) clause: usize,
}

/// Reads `text` as atoms. White space becomes none; an entity without words of its own becomes one.
pub(crate) fn read(text: &Text, entities: &[Found], lexicon: &Lexicon) -> Vec<Atom> {
    let mut reader = Reader { text, lexicon, atoms: Vec::new(), sentence: 0, clause: 0 };
    let mut at = 0;
    for entity in entities {
        if let Some(symbol) = entity_symbol(entity.kind) {
            reader.plain(at..entity.chars.start);
            reader.push(symbol, Class::Code, entity.chars.clone());
            at = entity.chars.end;
        }
    }
    reader.plain(at..text.chars.len());
    reader.atoms
}

struct Reader<'a> {
    text: &'a Text,
    lexicon: &'a Lexicon,
    atoms: Vec<Atom>,
    sentence: usize,
    clause: usize,
}

impl Reader<'_> {
    fn plain(&mut self, range: Range<usize>) {
        for (class, chars) in scan::pieces(&self.text.chars, range) {
            if class == Class::Space {
                if self.text.chars[chars.start] == '\n' {
                    self.end_sentence();
                }
                continue;
            }
            let symbol = self.lexicon.symbol(class, &self.text.chars[chars.clone()]);
            self.push(symbol, class, chars);
        }
    }

    fn push(&mut self, symbol: Symbol, class: Class, chars: Range<usize>) {
        let (sentence, clause, last) = (self.sentence, self.clause, chars.end - 1);
        self.atoms.push(Atom { symbol, class, chars, sentence, clause });
        if class != Class::Mark {
            return;
        }
        match self.text.chars[last] {
            '。' | '!' | '?' | ';' | '…' => self.end_sentence(),
            '.' if self.text.chars.get(last + 1).is_none_or(|it| !it.is_ascii_alphanumeric()) => {
                self.end_sentence();
            }
            ',' | '、' | ':' | '~' | '(' | ')' => self.clause += 1,
            _ => (),
        }
    }

    fn end_sentence(&mut self) {
        self.sentence += 1;
        self.clause += 1;
    }
}
