//! How a text feels: valences of its phrases, turned by negation, scaled by degree. Knows no intent.

use crate::analysis::{Sentiment, SentimentLabel};
use crate::atoms::Atom;
use crate::lexicon::{Feeling, Lexicon};
use crate::tokens::Span;

/// How many atoms a negation or a degree reaches over.
const REACH: usize = 4;
/// How many of them are looked at: more is stammering, and would take its square in time.
const MOST_NEIGHBOURS: usize = 6;
/// What is left of a good thing that is denied, now on the other side.
const DENIED_GOOD: f64 = -0.8;
/// What is left of a bad thing that is denied.
const DENIED_BAD: f64 = -0.4;
/// What a negation says that denies no feeling: customers seldom deny things to be nice.
const BARE_DENIAL: f64 = -0.3;
/// Asking whether something is good says little; asking why it is bad says nearly as much.
const ASKED_GOOD: f64 = 0.3;
const ASKED_BAD: f64 = 0.8;
/// What "but" does to what stands before and behind it.
const BEFORE_CONTRAST: f64 = 0.6;
const AFTER_CONTRAST: f64 = 1.4;
/// What an exclamation mark adds.
const EXCLAIMED: f64 = 1.2;
/// The sum of valences that scores about 0.7.
const SOFTNESS: f64 = 2.0;
/// Scores nearer to 0 are neutral.
const NEUTRAL: f64 = 0.2;

struct Hit {
    start: usize,
    end: usize,
    feeling: Feeling,
}

/// Judges the feeling of the text.
pub(crate) fn judge(atoms: &[Atom], spans: &[Span], lexicon: &Lexicon) -> Sentiment {
    let hits = hits(atoms, spans, lexicon);
    let mut total = 0.0;
    let mut from = 0;
    while from < hits.len() {
        let sentence = atoms[hits[from].start].sentence;
        let same = hits[from..].iter().take_while(|it| atoms[it.start].sentence == sentence);
        let to = from + same.count();
        total += sentence_sum(atoms, &hits[from..to]);
        from = to;
    }
    let score = total / (total * total + SOFTNESS * SOFTNESS).sqrt();
    let label = match score {
        _ if NEUTRAL <= score => SentimentLabel::Positive,
        _ if score <= -NEUTRAL => SentimentLabel::Negative,
        _ => SentimentLabel::Neutral,
    };
    Sentiment { label, score }
}

/// The longest phrases, left to right, that begin and end where words do.
fn hits(atoms: &[Atom], spans: &[Span], lexicon: &Lexicon) -> Vec<Hit> {
    let mut ends = vec![false; atoms.len() + 1];
    for span in spans {
        ends[span.end] = true;
    }
    let mut hits = Vec::new();
    let mut free = 0;
    for Span { start, .. } in spans.iter().cloned() {
        if start < free {
            continue;
        }
        let ahead = atoms[start..].iter().map(|it| it.symbol);
        let phrases = lexicon.feelings.prefixes(ahead);
        let longest = phrases.filter(|(length, _)| ends[start + length]).last();
        let Some((length, [feeling, ..])) = longest else { continue };
        free = start + length;
        hits.push(Hit { start, end: free, feeling: asked(atoms, start, free, *feeling) });
    }
    hits
}

/// `好不好` and `有没有` ask; they do not deny.
fn asked(atoms: &[Atom], start: usize, end: usize, feeling: Feeling) -> Feeling {
    let between_twins = 0 < start
        && end < atoms.len()
        && atoms[start - 1].symbol == atoms[end].symbol
        && atoms[start].clause == atoms[end].clause;
    if between_twins && feeling == Feeling::Negation { Feeling::Question } else { feeling }
}

fn sentence_sum(atoms: &[Atom], hits: &[Hit]) -> f64 {
    let question = hits.iter().any(|it| it.feeling == Feeling::Question);
    let contrast = hits.iter().rposition(|it| it.feeling == Feeling::Contrast);
    let last = hits.last().map_or(0, |it| it.end);
    let exclaimed = atoms[last..]
        .iter()
        .take_while(|it| it.sentence == atoms[hits[0].start].sentence)
        .any(|it| it.symbol == u32::from('!'));
    let mut sum = 0.0;
    for (index, hit) in hits.iter().enumerate() {
        let mut value = match hit.feeling {
            Feeling::Valence(good) if 0.0 < good && is_spoilt(hit, hits.get(index + 1)) => continue,
            Feeling::Valence(valence) => in_context(atoms, &hits[..index], hit, valence),
            Feeling::Negation if denies_a_feeling(atoms, hit, &hits[index + 1..]) => continue,
            Feeling::Negation => BARE_DENIAL,
            Feeling::Degree(_) | Feeling::Contrast | Feeling::Question => continue,
        };
        if question {
            value *= if 0.0 < value { ASKED_GOOD } else { ASKED_BAD };
        }
        value *= match contrast {
            Some(contrast) if index < contrast => BEFORE_CONTRAST,
            Some(_) => AFTER_CONTRAST,
            None => 1.0,
        };
        sum += value;
    }
    if exclaimed { sum * EXCLAIMED } else { sum }
}

/// In `great disappointment` and `好慢` the good word only makes the bad one stronger.
fn is_spoilt(hit: &Hit, next: Option<&Hit>) -> bool {
    next.is_some_and(|next| {
        let bad = matches!(next.feeling, Feeling::Valence(valence) if valence < 0.0);
        hit.end == next.start && bad
    })
}

/// Whether a negation turns a feeling behind it around, as [`in_context`] sees it from there.
fn denies_a_feeling(atoms: &[Atom], hit: &Hit, after: &[Hit]) -> bool {
    let mut edge = hit.end;
    for next in after.iter().take(MOST_NEIGHBOURS) {
        let near =
            next.start - edge <= REACH && atoms[next.start].clause == atoms[hit.start].clause;
        match next.feeling {
            _ if !near => return false,
            Feeling::Valence(0.0) | Feeling::Question => (),
            Feeling::Valence(_) => return true,
            Feeling::Contrast => return false,
            Feeling::Negation | Feeling::Degree(_) => (),
        }
        edge = next.end;
    }
    false
}

/// What the negations and degrees just before a phrase make of its valence.
fn in_context(atoms: &[Atom], before: &[Hit], hit: &Hit, valence: f64) -> f64 {
    let mut value = valence;
    let mut denied = false;
    let mut edge = hit.start;
    for previous in before.iter().rev().take(MOST_NEIGHBOURS) {
        let near =
            edge - previous.end <= REACH && atoms[previous.start].clause == atoms[hit.start].clause;
        if !near {
            break;
        }
        match previous.feeling {
            Feeling::Negation => denied = !denied,
            Feeling::Degree(factor) => value *= factor,
            Feeling::Valence(0.0) | Feeling::Question => (),
            Feeling::Valence(_) | Feeling::Contrast => break,
        }
        edge = previous.start;
    }
    match (denied, 0.0 < value) {
        (false, _) => value,
        (true, true) => value * DENIED_GOOD,
        (true, false) => value * DENIED_BAD,
    }
}
