//! Every path that a Markdown file names exists.

use std::collections::BTreeSet;

use crate::tree::{File, assert_caught, assert_none, files, files_of};

const EXTENSIONS: &[&str] =
    &["json", "md", "proto", "properties", "rs", "sh", "toml", "xml", "yaml", "yml"];

/// Names in backticks and link targets that look like a path of the tree and lead nowhere.
///
/// A name looks like one if its first folder exists beside the file or at the top, or if it ends
/// like a file of ours. Patterns (`<room>`, `*`) and URLs are left alone.
fn dead_paths(documents: &[File], tree: &BTreeSet<String>) -> Vec<String> {
    let mut violations = Vec::new();
    for document in documents {
        let folder = document.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut is_fenced = false;
        for (index, line) in document.text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                is_fenced = !is_fenced;
            }
            for name in names(line, is_fenced) {
                if !leads_somewhere(&name, folder, tree) {
                    let line = index + 1;
                    violations.push(format!("{}:{line}: `{name}` does not exist", document.path));
                }
            }
        }
    }
    violations
}

/// What a line puts in backticks or links to.
fn names(line: &str, is_fenced: bool) -> Vec<String> {
    let ticked = line.split('`').skip(1).step_by(2).filter(|_| !is_fenced);
    let links = line.split("](").skip(1).filter_map(|it| it.split([')', '#']).next());
    let plain = |it: &&str| {
        !it.is_empty()
            && !it.starts_with('/')
            && it.chars().all(|it| it.is_ascii_alphanumeric() || "._-/".contains(it))
    };
    ticked.chain(links).filter(plain).map(|it| it.trim_start_matches("./").to_owned()).collect()
}

fn leads_somewhere(name: &str, folder: &str, tree: &BTreeSet<String>) -> bool {
    let name = name.trim_end_matches('/');
    let here = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let first = |it: &str| it.split('/').next().unwrap_or_default().to_owned();
    let is_file_name = name
        .rsplit_once('.')
        .is_some_and(|(stem, extension)| !stem.is_empty() && EXTENSIONS.contains(&extension));

    let beside = if folder.is_empty() { first(name) } else { format!("{folder}/{}", first(name)) };
    let starts_in_tree = tree.contains(&beside) || tree.contains(&first(name));
    // `store/contacts.rs` may stand for a file of some service.
    let is_suffix = || tree.iter().any(|it| it.ends_with(&format!("/{name}")));
    match name.contains('/') && starts_in_tree {
        true => tree.contains(&here) || tree.contains(name),
        false if is_file_name => tree.contains(&here) || tree.contains(name) || is_suffix(),
        false => true,
    }
}

/// Every file, and every folder with one in it.
fn tree(files: &[File]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for file in files {
        let ends = file.path.match_indices('/').map(|(index, _)| index);
        all.extend(ends.map(|end| file.path[..end].to_owned()));
        all.insert(file.path.clone());
    }
    // Made by the build, so that a document may name it.
    all.insert("target".to_owned());
    all
}

#[test]
fn every_path_named_in_a_readme_exists() {
    let documents = files_of("md");
    let made = |it: &String| !it.contains("`target/");

    let dead = dead_paths(&documents, &tree(&files()));

    assert_none(&dead.into_iter().filter(made).collect::<Vec<_>>());
}

#[test]
fn a_dead_path_is_caught() {
    let tree = tree(&[
        File::example("crates/bus/src/lib.rs", ""),
        File::example("services/x/src/app.rs", ""),
    ]);
    #[track_caller]
    fn check(tree: &BTreeSet<String>, text: &str, dead: Option<&str>) {
        let violations = dead_paths(&[File::example("services/x/README.md", text)], tree);
        match dead {
            Some(name) => assert_caught(&violations, &format!(":1: `{name}` does not exist")),
            None => assert_none(&violations),
        }
    }

    check(&tree, "see `crates/bus/src/lib.rs` and `src/app.rs`, `crates/`, `app.rs`", None);
    check(&tree, "see [it](../x/README) and <https://a/b.md>, [b](https://c/d.md)", None);
    check(
        &tree,
        "a name `contacts/0199`, a route `/webhooks/x`, `services/*/src`, `kith up`",
        None,
    );
    check(&tree, "see `crates/bus/src/gone.rs`", Some("crates/bus/src/gone.rs"));
    check(&tree, "see `src/gone`", Some("src/gone"));
    check(&tree, "see `gone.rs`", Some("gone.rs"));
    check(&tree, "see [this](src/gone.rs#L3)", Some("src/gone.rs"));
}
