//! The files of the repository, as the rules see them.

use std::{fs, path::Path};

/// A text file; `path` is relative to the repository and uses `/`.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// An example for a rule to look at.
    pub(crate) fn example(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|it| it == extension)
    }

    /// The service whose `src` the file is in, and its path below that.
    pub(crate) fn in_service(&self) -> Option<(&str, &str)> {
        self.path.strip_prefix("services/")?.split_once("/src/")
    }

    /// Whether all of the file is test code.
    pub(crate) fn is_test(&self) -> bool {
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
    }
}

/// The folder that holds the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Every text file of the repository, in path order.
pub(crate) fn files() -> Vec<File> {
    let mut found = Vec::new();
    walk(root(), &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(found.iter().any(|it| it.path == "Cargo.toml"), "the walk found no Cargo.toml");
    found
}

/// The files that end in `.extension`.
pub(crate) fn files_of(extension: &str) -> Vec<File> {
    files().into_iter().filter(|it| it.has_extension(extension)).collect()
}

fn walk(folder: &Path, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if matches!(name, ".git" | "target" | "node_modules") || path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            found.push(File { path, text });
        }
    }
}

/// Fails with every violation on a line of its own.
#[track_caller]
pub(crate) fn assert_none(violations: &[String]) {
    assert!(
        violations.is_empty(),
        "{} violation(s):\n  {}\n",
        violations.len(),
        violations.join("\n  ")
    );
}

/// Fails unless there is exactly one violation, and it says `expected`.
#[track_caller]
pub(crate) fn assert_caught(violations: &[String], expected: &str) {
    assert_eq!(violations.len(), 1, "expected one violation: {violations:?}");
    assert!(violations[0].contains(expected), "`{}` does not say `{expected}`", violations[0]);
}

/// A place where a rule does not hold, and why that is right.
pub(crate) struct Exception {
    pub(crate) path: &'static str,
    pub(crate) names: &'static str,
    pub(crate) reason: &'static str,
}

/// Takes the excepted violations away. An exception that excepts nothing is a violation itself,
/// so that the list cannot outlive its reasons.
pub(crate) fn except(violations: Vec<String>, exceptions: &[Exception]) -> Vec<String> {
    let excepts = |violation: &String, it: &Exception| {
        violation.starts_with(it.path) && violation.contains(it.names)
    };
    let stale = exceptions
        .iter()
        .filter(|it| !violations.iter().any(|violation| excepts(violation, it)))
        .map(|it| format!("{}: needs no exception for {} ({})", it.path, it.names, it.reason));
    let kept = violations
        .iter()
        .filter(|violation| !exceptions.iter().any(|it| excepts(violation, it)))
        .cloned();
    kept.chain(stale).collect()
}

#[test]
fn an_exception_that_is_no_longer_needed_is_a_violation() {
    let needed = Exception { path: "a.rs", names: "`x`", reason: "why" };
    let stale = Exception { path: "b.rs", names: "`x`", reason: "why" };

    let left = except(vec!["a.rs:1: names `x`".to_owned()], &[needed, stale]);

    assert_caught(&left, "b.rs: needs no exception for `x` (why)");
}
