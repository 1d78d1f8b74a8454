//! What every file keeps: a first sentence, a length, no unfinished work, no path of one machine, no sleeping test.

use crate::tokens::{follows, lines_with, paths, tokens, without_tests};
use crate::tree::{Exception, File, assert_caught, assert_none, except, files, files_of};

/// At 250 look for the seam.
const LONGEST: usize = 400;

/// Written in halves, so that this file does not break its own rule.
const FORBIDDEN: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("../sh", "ared"),
];

/// Words that stand where they must.
const WORD_EXCEPTIONS: &[Exception] = &[];

/// Tests that sleep, and what they wait for that nothing announces.
const SLEEP_EXCEPTIONS: &[Exception] = &[Exception {
    path: "crates/chassis/tests/net/harness.rs",
    names: "sleeps",
    reason: "its own `eventually`, as it must not know the test kit",
}];

fn too_long(files: &[File]) -> Vec<String> {
    let lengths = files.iter().map(|it| (it, it.text.lines().count()));
    let long = lengths.filter(|(_, length)| LONGEST < *length);
    long.map(|(file, length)| format!("{}: has {length} lines", file.path)).collect()
}

/// Rust files that do not open with a `//!` sentence: a few words that end in a full stop or a colon.
fn without_a_first_sentence(files: &[File]) -> Vec<String> {
    let opens_well = |file: &&File| {
        let opening = file.text.lines().map_while(|it| it.strip_prefix("//!"));
        let paragraph: Vec<&str> = opening.map(str::trim).take_while(|it| !it.is_empty()).collect();
        let paragraph = paragraph.join(" ");
        1 < paragraph.split_whitespace().count() && paragraph.ends_with(['.', ':'])
    };
    let bad = files.iter().filter(|it| !opens_well(it));
    bad.map(|it| format!("{}: does not open with a `//!` sentence", it.path)).collect()
}

fn forbidden_words(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files.iter().filter(|it| it.path != "Cargo.lock") {
        for (index, line) in file.text.lines().enumerate() {
            for word in FORBIDDEN.iter().filter(|it| line.contains(*it)) {
                violations.push(format!("{}:{}: says `{word}`", file.path, index + 1));
            }
        }
    }
    violations
}

fn ignored_tests(files: &[File]) -> Vec<String> {
    let lines = files.iter().flat_map(|file| {
        let found = lines_with(&tokens(&file.text), &["#", "[", "ignore"]);
        found.into_iter().map(move |line| format!("{}:{line}: ignores a test", file.path))
    });
    lines.collect()
}

/// Calls of `sleep` in test files and test modules. A future that sleeps to be cut off is one, too.
fn sleeping_tests(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files {
        let all = tokens(&file.text);
        let production = if file.is_test() { Vec::new() } else { without_tests(&all) };
        let sleeps = |tokens: &[_]| {
            let found = paths(tokens).into_iter();
            let found = found.filter(|it| it.segments.last().is_some_and(|last| last == "sleep"));
            found.map(|it| it.line).collect::<Vec<_>>()
        };
        let allowed = sleeps(&production);
        for line in sleeps(&all).into_iter().filter(|it| !allowed.contains(it)) {
            violations.push(format!("{}:{line}: a test sleeps", file.path));
        }
    }
    violations
}

/// Tests whose name has fewer than three words, which is no sentence.
fn badly_named_tests(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files {
        let tokens = tokens(&file.text);
        for index in 0..tokens.len() {
            if !follows(&tokens, index, &["test", "]"]) && !follows(&tokens, index, &["test", "("])
            {
                continue;
            }
            let after = tokens[index..].iter().skip_while(|it| it.text != "fn").nth(1);
            let Some(name) = after.filter(|_| is_attribute(&tokens, index)) else { continue };
            if name.text.split('_').count() < 3 {
                let (line, name) = (name.line, &name.text);
                violations.push(format!("{}:{line}: `{name}` is no sentence", file.path));
            }
        }
    }
    violations
}

/// Whether the word at `index` ends the path of an attribute: `#[test` or `#[tokio::test`.
fn is_attribute(tokens: &[crate::tokens::Token], index: usize) -> bool {
    let ends = |from: usize, shape: &[&str]| follows(tokens, from, shape);
    (2 <= index && ends(index - 2, &["#", "["]))
        || (4 <= index && ends(index - 4, &["#", "[", "tokio", "::"]))
}

#[test]
fn a_file_has_at_most_400_lines() {
    let mut all = files_of("rs");
    all.extend(files_of("proto"));

    assert_none(&too_long(&all));
}

#[test]
fn every_rust_file_opens_with_a_sentence() {
    assert_none(&without_a_first_sentence(&files_of("rs")));
}

#[test]
fn no_file_leaves_work_or_a_machine_behind() {
    assert_none(&except(forbidden_words(&files()), WORD_EXCEPTIONS));
}

#[test]
fn no_test_is_ignored() {
    assert_none(&ignored_tests(&files_of("rs")));
}

#[test]
fn no_test_sleeps() {
    assert_none(&except(sleeping_tests(&files_of("rs")), SLEEP_EXCEPTIONS));
}

#[test]
fn every_test_is_named_by_a_sentence() {
    assert_none(&badly_named_tests(&files_of("rs")));
}

#[test]
fn a_bad_file_is_caught() {
    type Rule = fn(&[File]) -> Vec<String>;
    #[track_caller]
    fn check(rule: Rule, text: &str, expected: &str) {
        assert_caught(&rule(&[File::example("crates/x/src/a.rs", text)]), expected);
    }

    check(too_long, &"\n".repeat(401), "has 401 lines");
    check(without_a_first_sentence, "use a::b;", "does not open");
    check(without_a_first_sentence, "//! Stub.", "does not open");
    check(without_a_first_sentence, "//! Says a lot\n//!\n//! but late.", "does not open");
    check(forbidden_words, &format!("// {}: more", FORBIDDEN[0]), "a.rs:1: says");
    check(forbidden_words, &format!("let a = \"{}me\";", FORBIDDEN[4]), "a.rs:1: says");
    check(ignored_tests, "#[test]\n#[ignore = \"slow\"]\nfn a() {}", "a.rs:2: ignores");
    check(sleeping_tests, "#[cfg(test)]\nmod tests { fn f() { tokio::time::sleep(a) } }", "sleeps");
    check(badly_named_tests, "#[test] fn works() {}", "`works` is no sentence");
    check(badly_named_tests, "#[tokio::test(x = 1)] async fn it_works() {}", "`it_works`");
}

#[test]
fn a_good_file_passes() {
    let text = "//! Says what it is,\n//! in two lines.\n//!\n//! And more\nfn f() { sleep(a) }\n\
                #[test]\nfn a_b_c() {}\n";
    let good = [File::example("crates/x/src/a.rs", text)];

    assert_none(&too_long(&good));
    assert_none(&without_a_first_sentence(&good));
    assert_none(&forbidden_words(&good));
    assert_none(&ignored_tests(&good));
    assert_none(&sleeping_tests(&good));
    assert_none(&badly_named_tests(&good));
}
