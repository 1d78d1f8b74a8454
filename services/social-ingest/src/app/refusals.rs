//! Counts webhooks that were turned away, per source, since the process started.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::domain::SourceId;

/// Sources that are counted apart; there are never that many, and nobody can make this grow.
const MAX_SOURCES: usize = 100_000;

/// How many webhooks of each source were turned away. Only sources that exist are counted.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<SourceId, i64>>);

impl Refusals {
    /// Counts one more.
    pub(crate) fn add(&self, source: SourceId) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() < MAX_SOURCES || counts.contains_key(&source) {
            *counts.entry(source).or_default() += 1;
        }
    }

    /// How many there were.
    pub(crate) fn count(&self, source: SourceId) -> i64 {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&source).copied().unwrap_or_default()
    }
}
