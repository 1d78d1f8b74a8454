//! Phrases by their symbols: a tree that is walked one symbol at a time. Knows no table.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// One Chinese character, one sign, or one English word: what phrases are made of.
pub(crate) type Symbol = u32;

/// Keys come from our own tables, so mixing bits is enough: nobody can choose them to collide.
#[derive(Default)]
pub(crate) struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Values by phrase; a phrase may have several.
pub(crate) struct Phrases<V> {
    children: HashMap<u64, u32, BuildHasherDefault<Mix>>,
    values: Vec<Vec<V>>,
}

impl<V> Phrases<V> {
    /// Holds no phrase yet.
    pub(crate) fn new() -> Self {
        Self { children: HashMap::default(), values: vec![Vec::new()] }
    }

    /// Adds a value to a phrase.
    pub(crate) fn insert(&mut self, phrase: impl IntoIterator<Item = Symbol>, value: V) {
        let mut node = 0;
        for symbol in phrase {
            let next = self.values.len() as u32;
            node = *self.children.entry(key(node, symbol)).or_insert(next);
            if node == next {
                self.values.push(Vec::new());
            }
        }
        self.values[node as usize].push(value);
    }

    /// Returns the values of exactly this phrase.
    pub(crate) fn get(&self, phrase: impl IntoIterator<Item = Symbol>) -> &[V] {
        let mut node = 0;
        for symbol in phrase {
            match self.children.get(&key(node, symbol)) {
                Some(next) => node = *next,
                None => return &[],
            }
        }
        &self.values[node as usize]
    }

    /// Returns each phrase that `symbols` begins with, shortest first, as length and values.
    pub(crate) fn prefixes(
        &self,
        symbols: impl IntoIterator<Item = Symbol>,
    ) -> impl Iterator<Item = (usize, &[V])> {
        let mut node = 0;
        let path = symbols.into_iter().map_while(move |symbol| {
            node = *self.children.get(&key(node, symbol))?;
            Some(node)
        });
        path.enumerate()
            .map(|(index, node)| (index + 1, self.values[node as usize].as_slice()))
            .filter(|(_, values)| !values.is_empty())
    }
}

fn key(node: u32, symbol: Symbol) -> u64 {
    u64::from(node) << 32 | u64::from(symbol)
}

#[cfg(test)]
mod tests {
    use super::Phrases;

    #[test]
    fn every_phrase_at_the_front_is_found_shortest_first() {
        let mut phrases = Phrases::new();
        phrases.insert([1, 2], "a");
        phrases.insert([1, 2, 3, 4], "b");
        phrases.insert([1, 2], "c");

        let found: Vec<_> = phrases.prefixes([1, 2, 3, 4, 5]).collect();

        assert_eq!(found, [(2, &["a", "c"][..]), (4, &["b"][..])]);
        assert!(phrases.get([1, 2, 3]).is_empty());
    }
}
