//! scratch
use language::{Analyzer, RuleAnalyzer};
use std::io::BufRead;
fn main() {
    let a = RuleAnalyzer::new();
    for l in std::io::stdin().lock().lines() {
        let l = l.unwrap();
        let (label, text) = l.split_once('\t').unwrap_or(("", &l));
        let r = a.analyze(text);
        println!("{}\t{}\t{}\t{:.2}\t{:.2}\t{}\t{}\t{}", label, r.language, r.intent.kind, r.intent.confidence, r.sentiment.score, text,
          r.tokens.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join("/"),
          r.entities.iter().map(|e| format!("{}={}", e.kind, &text[e.range.clone()])).collect::<Vec<_>>().join(";"));
    }
}
