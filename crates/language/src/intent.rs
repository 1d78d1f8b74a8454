//! What the customer wants: concepts that stand together in a sentence, weighed by rules. Knows no feeling.

use crate::analysis::{Intent, IntentKind};
use crate::atoms::Atom;
use crate::lexicon::{Concept, Lexicon, Rule};

/// How many atoms may stand between two links of a chain.
const REACH: usize = 6;
/// What further rules for the same intent add to the strongest.
const SUPPORT: f64 = 0.25;
/// Less than this is nothing to go by.
const LEAST: f64 = 1.0;
/// How sure a text without any cue is about [`IntentKind::Other`].
const NO_CUE: f64 = 0.3;
/// A confidence grows towards 1 with the weight; at this weight it is one half.
const HALF: f64 = 1.0;

struct Hit {
    start: usize,
    end: usize,
    concept: Concept,
}

#[derive(Clone, Copy, Default)]
struct Score {
    best: f64,
    rest: f64,
}

/// Judges the intent of the text.
pub(crate) fn judge(atoms: &[Atom], lexicon: &Lexicon) -> Intent {
    let hits = hits(atoms, lexicon);
    let mut best_per_rule = vec![false; lexicon.rules.len()];
    let mut from = 0;
    while from < hits.len() {
        let sentence = atoms[hits[from].start].sentence;
        let same = hits[from..].iter().take_while(|it| atoms[it.start].sentence == sentence);
        let to = from + same.count();
        mark(&hits[from..to], &lexicon.rules, &mut best_per_rule);
        from = to;
    }
    verdict(&lexicon.rules, &best_per_rule)
}

/// Every phrase that is not part of a longer one.
fn hits(atoms: &[Atom], lexicon: &Lexicon) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut reached = 0;
    for start in 0..atoms.len() {
        let sentence = atoms[start].sentence;
        let ahead =
            atoms[start..].iter().take_while(|it| it.sentence == sentence).map(|it| it.symbol);
        let Some((length, concepts)) = lexicon.concepts.prefixes(ahead).last() else { continue };
        let end = start + length;
        if end <= reached || is_twin_question(atoms, start, end) {
            continue;
        }
        reached = end;
        hits.extend(concepts.iter().map(|concept| Hit { start, end, concept: *concept }));
    }
    hits
}

/// The `不` of `能不能` and the `没` of `到没到` deny nothing.
fn is_twin_question(atoms: &[Atom], start: usize, end: usize) -> bool {
    let denial = [u32::from('不'), u32::from('没')].contains(&atoms[start].symbol);
    denial
        && end == start + 1
        && 0 < start
        && end < atoms.len()
        && atoms[start - 1].symbol == atoms[end].symbol
}

fn mark(sentence: &[Hit], rules: &[Rule], held: &mut [bool]) {
    let present = sentence.iter().fold(0_u128, |mask, hit| mask | 1 << hit.concept);
    for (rule, held) in rules.iter().zip(held) {
        if !*held && rule.mask & present == rule.mask {
            *held = rule.needs.iter().all(|it| stands(it, sentence))
                && !rule.bars.iter().any(|it| stands(it, sentence));
        }
    }
}

/// Whether the links of `chain` follow each other closely somewhere in the sentence.
fn stands(chain: &[Concept], sentence: &[Hit]) -> bool {
    let Some(last) = chain.len().checked_sub(1) else { return false };
    let mut reached: Vec<Option<&Hit>> = vec![None; chain.len()];
    for hit in sentence {
        for link in (0..chain.len()).rev().filter(|it| chain[*it] == hit.concept) {
            let follows = link == 0
                || reached[link - 1].is_some_and(|it| {
                    it.start < hit.start && hit.start.saturating_sub(it.end) <= REACH
                });
            if follows && link == last {
                return true;
            }
            if follows {
                reached[link] = Some(hit);
            }
        }
    }
    false
}

fn verdict(rules: &[Rule], held: &[bool]) -> Intent {
    let mut scores = [Score::default(); IntentKind::ALL.len()];
    for (rule, _) in rules.iter().zip(held).filter(|(_, held)| **held) {
        let score = &mut scores[rule.kind as usize];
        score.rest += score.best.min(rule.weight);
        score.best = score.best.max(rule.weight);
    }
    let total = |kind: &IntentKind| {
        let score = scores[*kind as usize];
        score.best + (score.rest * SUPPORT).min(score.best / 2.0)
    };
    let mut ranked: Vec<(IntentKind, f64)> =
        IntentKind::ALL.iter().map(|kind| (*kind, total(kind))).collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1));
    match ranked[..] {
        [(kind, first), (_, second), ..] if LEAST <= first => {
            let doubt = second / first / 2.0;
            Intent { kind, confidence: first / (first + HALF) * (1.0 - doubt) }
        }
        _ => Intent { kind: IntentKind::Other, confidence: NO_CUE },
    }
}
