//! Measures the analyzer on labelled texts: `cargo run --example evaluate -- FOLDER [train|dev]`.
//!
//! FOLDER holds one folder per data set with `dev.jsonl` and `train.jsonl` in it, one object with `text`
//! and `label` per line. The tables were written by hand and nothing was learned from a set, but `train` was
//! read for ideas: only the numbers of `dev` count.
#![expect(clippy::print_stdout, reason = "the numbers are what it is for")]

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, error, fs};

use language::{Analysis, Analyzer, IntentKind, Language, RuleAnalyzer, SentimentLabel};

/// Sets with the language their texts are in and whether they know a neutral label.
const SENTIMENT_SETS: [(&str, Language, Labels); 7] = [
    ("zh_senti_shop", Language::Chinese, Labels::Two),
    ("zh_senti_waimai", Language::Chinese, Labels::Two),
    ("zh_senti_hotel", Language::Chinese, Labels::Two),
    ("en_senti_sst2", Language::English, Labels::Two),
    ("en_senti_reviews3", Language::English, Labels::Two),
    ("en_senti_airline", Language::English, Labels::Three),
    ("en_senti_tweet3", Language::English, Labels::Three),
];
const INTENT_SETS: [(&str, Language); 2] =
    [("zh_intent_shop", Language::Chinese), ("en_intent_bitext", Language::English)];

#[derive(Clone, Copy, PartialEq)]
enum Labels {
    /// Positive and negative: the sign of the score decides, a score of 0 is wrong.
    Two,
    /// Neutral too: the label decides.
    Three,
}

struct Example {
    text: String,
    gold: String,
}

fn main() -> Result<(), Box<dyn error::Error>> {
    let mut args = env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or("which folder holds the data sets?")?);
    let part = args.next().unwrap_or_else(|| "dev".to_owned());
    let analyzer = RuleAnalyzer::new();
    let mut languages = Vec::new();
    let (mut bytes, mut texts, started) = (0, 0, Instant::now());

    println!("sentiment ({part})          accuracy  majority  macro-F1  neutral      n");
    for (set, language, labels) in SENTIMENT_SETS {
        let examples = read(&folder, set, &part)?;
        let found = analyses(&analyzer, &examples);
        sentiment(set, labels, &examples, &found);
        languages.push((set, language, right_language(&found, language)));
        texts += examples.len();
        bytes += examples.iter().map(|it| it.text.len()).sum::<usize>();
    }
    for (set, language) in INTENT_SETS {
        let examples = read(&folder, set, &part)?;
        let found = analyses(&analyzer, &examples);
        intent(set, &examples, &found);
        languages.push((set, language, right_language(&found, language)));
    }
    println!("\nlanguage                 accuracy");
    for (set, language, right) in languages {
        println!("{set:24} {right:.3}  ({language})");
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "\n{texts} review texts, {bytes} bytes, {:.0} texts/s with this build",
        texts as f64 / seconds
    );
    Ok(())
}

fn read(folder: &Path, set: &str, part: &str) -> Result<Vec<Example>, Box<dyn error::Error>> {
    let lines = fs::read_to_string(folder.join(set).join(format!("{part}.jsonl")))?;
    let example = |line: &str| -> Result<Example, Box<dyn error::Error>> {
        let value: serde_json::Value = serde_json::from_str(line)?;
        let text = value["text"].as_str().ok_or("an example has no text")?.to_owned();
        let gold = match &value["label"] {
            serde_json::Value::String(label) => label.clone(),
            label if label == 1 => "positive".to_owned(),
            label if label == 0 => "negative".to_owned(),
            label => return Err(format!("unknown label {label}").into()),
        };
        Ok(Example { text, gold })
    };
    lines.lines().map(example).collect()
}

fn analyses(analyzer: &dyn Analyzer, examples: &[Example]) -> Vec<Analysis> {
    examples.iter().map(|it| analyzer.analyze(&it.text)).collect()
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn right_language(found: &[Analysis], language: Language) -> f64 {
    share(found.iter().filter(|it| it.language == language).count(), found.len())
}

fn majority<'a>(gold: impl Iterator<Item = &'a str>) -> usize {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    gold.for_each(|it| *counts.entry(it).or_default() += 1);
    counts.into_values().max().unwrap_or(0)
}

fn sentiment(set: &str, labels: Labels, examples: &[Example], found: &[Analysis]) {
    let predicted: Vec<&str> = found
        .iter()
        .map(|it| match (labels, it.sentiment.score) {
            (Labels::Three, _) => it.sentiment.label.name(),
            (Labels::Two, score) if 0.0 < score => "positive",
            (Labels::Two, score) if score < 0.0 => "negative",
            (Labels::Two, _) => "undecided",
        })
        .collect();
    let right = predicted.iter().zip(examples).filter(|(it, example)| **it == example.gold).count();
    let neutral = found.iter().filter(|it| it.sentiment.label == SentimentLabel::Neutral).count();
    println!(
        "{set:24} {:8.3}  {:8.3}  {:8.3}  {:7.3}  {:5}",
        share(right, examples.len()),
        share(majority(examples.iter().map(|it| it.gold.as_str())), examples.len()),
        macro_f1(examples, &predicted),
        share(neutral, examples.len()),
        examples.len(),
    );
}

fn macro_f1(examples: &[Example], predicted: &[&str]) -> f64 {
    let mut labels: Vec<&str> = examples.iter().map(|it| it.gold.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let f1 = |label: &&str| {
        let gold = examples.iter().filter(|it| it.gold == *label).count();
        let said = predicted.iter().filter(|it| *it == label).count();
        let both =
            predicted.iter().zip(examples).filter(|(it, ex)| *it == label && ex.gold == *label);
        2.0 * share(both.count(), gold + said)
    };
    labels.iter().map(f1).sum::<f64>() / labels.len() as f64
}

/// The intents a label of a data set may mean, or none where nothing of ours corresponds to it.
fn meant(label: &str) -> &'static [IntentKind] {
    use IntentKind as Kind;
    match label {
        "track" | "ship_time" | "track_order" | "delivery_period" => &[Kind::OrderStatus],
        "get_refund" | "track_refund" | "check_refund_policy" => &[Kind::RefundRequest],
        "refund_return" => &[Kind::ReturnExchange, Kind::RefundRequest],
        "payment_issue" => &[Kind::PaymentProblem],
        "invoice" | "check_invoice" | "get_invoice" => &[Kind::InvoiceRequest],
        "product" => &[Kind::ProductQuestion],
        "promo" | "shipping_fee" => &[Kind::PriceDiscount],
        "carrier" | "change_shipping_address" | "set_up_shipping_address" => {
            &[Kind::DeliveryChange]
        }
        "order_change" => &[Kind::DeliveryChange, Kind::CancelOrder],
        "complaint" => &[Kind::Complaint],
        "cancel_order" | "check_cancellation_fee" => &[Kind::CancelOrder],
        "create_account"
        | "delete_account"
        | "edit_account"
        | "switch_account"
        | "recover_password"
        | "registration_problems" => &[Kind::AccountHelp],
        "contact_human_agent" | "contact_customer_service" => &[Kind::HumanAgent],
        "greet" => &[Kind::Greeting],
        "ack" | "praise" => &[Kind::Thanks, Kind::Other],
        "other" | "item_ref" | "order_confirm" => &[Kind::Other],
        _ => &[],
    }
}

fn intent(set: &str, examples: &[Example], found: &[Analysis]) {
    let mapped: Vec<(&Example, &Analysis)> =
        examples.iter().zip(found).filter(|(it, _)| !meant(&it.gold).is_empty()).collect();
    let right =
        |(example, it): &&(&Example, &Analysis)| meant(&example.gold).contains(&it.intent.kind);
    let accuracy = share(mapped.iter().filter(right).count(), mapped.len());
    let golds = mapped.iter().map(|(it, _)| meant(&it.gold)[0].name());
    println!("\nintent {set} ({} of {} texts have a label of ours)", mapped.len(), examples.len());
    println!("accuracy {accuracy:.3}, majority {:.3}", share(majority(golds), mapped.len()));
    let sure: Vec<_> = mapped.iter().filter(|(_, it)| 0.6 <= it.intent.confidence).collect();
    let sure_right = sure.iter().filter(|it| right(it)).count();
    println!(
        "confidence of 0.6 or more: {} texts, accuracy {:.3}",
        sure.len(),
        share(sure_right, sure.len())
    );
    order_status(&mapped);

    let mut table: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (example, analysis) in mapped {
        let row = table.entry(example.gold.as_str()).or_default();
        *row.entry(analysis.intent.kind.name()).or_default() += 1;
    }
    for (gold, row) in table {
        let mut row: Vec<_> = row.into_iter().collect();
        row.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let cells: Vec<String> =
            row.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        println!("  {gold:24} {}", cells.join(", "));
    }
}

fn order_status(mapped: &[(&Example, &Analysis)]) {
    let is_gold = |it: &Example| meant(&it.gold).contains(&IntentKind::OrderStatus);
    let gold = mapped.iter().filter(|(it, _)| is_gold(it)).count();
    let said = mapped.iter().filter(|(_, it)| it.intent.kind == IntentKind::OrderStatus).count();
    let both = mapped
        .iter()
        .filter(|(example, it)| is_gold(example) && it.intent.kind == IntentKind::OrderStatus)
        .count();
    let (precision, recall) = (share(both, said), share(both, gold));
    let f1 = 2.0 * share(both, gold + said);
    println!("order_status precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}");
}
