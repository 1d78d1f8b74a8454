//! Which concepts together mean which intent: names, rules, and how a rule is written.

use std::collections::HashMap;

use super::table::{Malformed, lines};
use crate::analysis::IntentKind;

/// What a phrase speaks of: a number below [`Names::MOST`].
pub(crate) type Concept = u8;

/// One line of the table: `intent weight needs… !bars…`. Its concepts stand in one sentence;
/// `a>b` asks for `b` close behind `a`, and a chain may have any length.
pub(crate) struct Rule {
    /// The intent it speaks for.
    pub(crate) kind: IntentKind,
    /// How much it says.
    pub(crate) weight: f64,
    /// Chains that must all be there.
    pub(crate) needs: Vec<Vec<Concept>>,
    /// Chains of which none may be there.
    pub(crate) bars: Vec<Vec<Concept>>,
    /// One bit for each concept in `needs`.
    pub(crate) mask: u128,
}

/// The concepts by name.
#[derive(Default)]
pub(crate) struct Names(HashMap<&'static str, Concept>);

impl Names {
    /// Most concepts there can be: one bit each in a rule's mask.
    const MOST: usize = 128;

    /// Returns the concept of that name, adding it if it is new.
    pub(crate) fn declare(
        &mut self,
        table: &'static str,
        name: &'static str,
    ) -> Result<Concept, Malformed> {
        let next = self.0.len();
        if next == Self::MOST && !self.0.contains_key(name) {
            return Err(Malformed { table, problem: "there are too many concepts".to_owned() });
        }
        Ok(*self.0.entry(name).or_insert(next as Concept))
    }
}

/// Reads the rules of `source`.
pub(crate) fn parse(
    table: &'static str,
    source: &str,
    names: &Names,
) -> Result<Vec<Rule>, Malformed> {
    lines(source).map(|line| rule(table, line, names)).collect()
}

fn rule(table: &'static str, line: &str, names: &Names) -> Result<Rule, Malformed> {
    let malformed = |problem: &str| Malformed { table, problem: format!("`{line}`: {problem}") };
    let mut words = line.split_whitespace();
    let kind = words.next().and_then(IntentKind::from_name);
    let weight = words.next().and_then(|it| it.parse::<f64>().ok());
    let kind = kind.ok_or_else(|| malformed("unknown intent"))?;
    let weight = weight.filter(|it| 0.0 < *it).ok_or_else(|| malformed("no weight"))?;
    let mut rule = Rule { kind, weight, needs: Vec::new(), bars: Vec::new(), mask: 0 };
    for word in words {
        let (chains, names_only) = match word.strip_prefix('!') {
            Some(bar) => (&mut rule.bars, bar),
            None => (&mut rule.needs, word),
        };
        let chain: Option<Vec<Concept>> =
            names_only.split('>').map(|name| names.0.get(name).copied()).collect();
        chains.push(chain.ok_or_else(|| malformed("unknown concept"))?);
    }
    if rule.needs.is_empty() {
        return Err(malformed("no concept"));
    }
    rule.mask = rule.needs.iter().flatten().fold(0, |mask, it| mask | 1 << *it);
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use super::{Names, parse};

    #[test]
    fn a_malformed_rule_is_named() {
        #[track_caller]
        fn check(line: &str, problem: Option<&str>) {
            let mut names = Names::default();
            names.declare("test", "refund").unwrap();
            let actual = parse("test", line, &names).err().map(|it| it.problem);
            assert_eq!(actual, problem.map(|it| format!("`{line}`: {it}")));
        }

        check("refund_request 2 refund !refund>refund", None);
        check("refund_wish 2 refund", Some("unknown intent"));
        check("refund_request refund", Some("no weight"));
        check("refund_request 0 refund", Some("no weight"));
        check("refund_request 2 rebate", Some("unknown concept"));
        check("refund_request 2 !refund", Some("no concept"));
    }
}
