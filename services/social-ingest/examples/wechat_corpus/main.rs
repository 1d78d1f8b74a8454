//! Runs a folder of recorded WeChat payloads, answers and published vectors through the adapter and counts the outcomes.
//!
//! `cargo run -p social-ingest --example wechat_corpus -- FOLDER`, where the folder holds `vectors.json`,
//! `wechat/*.xml.json` (name → document) and `wechat/api/*.json` (answers of the API). Exits with 1 when any outcome
//! is not the one that an independent reading of the file expects.
#![allow(clippy::print_stdout, reason = "the counts are what this command is for")]

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use anyhow::Context;

mod answers;
mod payloads;
mod vectors;

/// Counts what happened, and keeps what should not have.
#[derive(Default)]
struct Tally {
    outcomes: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

impl Tally {
    fn count(&mut self, outcome: impl Into<String>) {
        *self.outcomes.entry(outcome.into()).or_default() += 1;
    }

    /// Counts an outcome that is as expected, and notes one that is not. Prints neither: they may hold personal data.
    fn check(&mut self, subject: &str, outcome: impl Into<String>, is_expected: bool) {
        let outcome = outcome.into();
        if !is_expected {
            self.wrong.push(format!("{subject}: {outcome}"));
        }
        self.count(outcome);
    }

    fn print(&self, title: &str) {
        println!("{title}");
        for (outcome, count) in &self.outcomes {
            println!("  {count:>5}  {outcome}");
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.context("name the folder that holds `vectors.json` and `wechat/`")?;

    let sections = [
        ("payloads, each in plain, mixed and safe mode", payloads::run(&folder)?),
        ("answers of the API", answers::run(&folder).await?),
        ("vectors of `wechat_oa`", vectors::run(&folder)?),
    ];

    sections.iter().for_each(|(title, tally)| tally.print(title));
    let wrong: Vec<&String> = sections.iter().flat_map(|(_, tally)| &tally.wrong).collect();
    wrong.iter().for_each(|it| println!("WRONG {it}"));
    println!("{} wrong outcomes", wrong.len());
    Ok(match wrong.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
