//! Who depends on whom among our crates, and where a version is written.

use std::{collections::BTreeMap, process::Command};

use serde_json::Value;

use crate::tree::{File, assert_caught, assert_none, files_of, root};

const SERVICES: &[&str] = &["analytics", "customer", "messaging", "sales", "social-ingest"];

/// What each crate may depend on among ours in the program itself.
const ARROWS: &[(&str, &[&str])] = &[
    ("proto", &[]),
    ("chassis", &[]),
    ("language", &[]),
    ("emulators", &[]),
    ("bus", &["chassis", "proto"]),
    ("testkit", &["bus", "chassis", "proto"]),
    (
        "all-in-one",
        &[
            "analytics",
            "bus",
            "chassis",
            "customer",
            "emulators",
            "language",
            "messaging",
            "proto",
            "sales",
            "social-ingest",
        ],
    ),
    ("tests", &[]),
];

const SERVICE_MAY_USE: &[&str] = &["bus", "chassis", "language", "proto"];

/// What only tests may use, and what each crate's tests may use besides its own arrows.
const FOR_TESTS: &[&str] = &["emulators", "language", "proto", "testkit"];

/// A dependency of one member on another.
#[derive(Clone)]
struct Arrow {
    from: String,
    to: String,
    is_dev: bool,
}

fn foreign_dependencies(arrows: &[Arrow]) -> Vec<String> {
    let mut violations = Vec::new();
    for Arrow { from, to, is_dev } in arrows {
        let known = ARROWS.iter().find(|(name, _)| name == from).map(|(_, may_use)| *may_use);
        let may_use = match known {
            Some(may_use) => may_use,
            None if SERVICES.contains(&from.as_str()) => SERVICE_MAY_USE,
            None => {
                violations.push(format!("`{from}` is not in the architecture"));
                continue;
            }
        };
        let is_allowed = may_use.contains(&to.as_str())
            || (*is_dev && (FOR_TESTS.contains(&to.as_str()) || from == "tests"));
        if !is_allowed {
            violations.push(format!("`{from}` must not depend on `{to}`"));
        }
    }
    violations
}

fn arrows() -> Vec<Arrow> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--locked", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();

    let packages = metadata["packages"].as_array().unwrap();
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for package in packages {
        for dependency in package["dependencies"].as_array().unwrap() {
            let is_ours = packages.iter().any(|it| it["name"] == dependency["name"]);
            if is_ours {
                found.push(Arrow {
                    from: text(&package["name"]),
                    to: text(&dependency["name"]),
                    is_dev: dependency["kind"] == "dev",
                });
            }
        }
    }
    found
}

/// Members whose manifest writes a version or a path of its own, or leaves the workspace's lints out.
fn lone_manifests(manifests: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in manifests {
        let mut section = "";
        let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (index, line) in file.text.lines().enumerate() {
            let line = line.trim();
            if line.starts_with('[') && !line.starts_with("[[") {
                section = line;
            }
            sections.entry(section).or_default().push(line);
            let is_dependency = section.ends_with("dependencies]") && line.contains('=');
            if is_dependency && !line.replace(' ', "").contains("workspace=true") {
                violations.push(format!("{}:{}: pins a version of its own", file.path, index + 1));
            }
        }
        let has_lints = sections.get("[lints]").is_some_and(|it| it.contains(&"workspace = true"));
        if !has_lints {
            violations.push(format!("{}: does not use the workspace's lints", file.path));
        }
    }
    violations
}

#[test]
fn crates_depend_only_along_the_arrows() {
    let arrows = arrows();

    assert!(arrows.iter().any(|it| it.from == "bus" && it.to == "chassis"), "nothing was read");
    assert_none(&foreign_dependencies(&arrows));
}

#[test]
fn a_version_is_written_once() {
    let manifests = files_of("toml").into_iter().filter(|it| it.path.ends_with("/Cargo.toml"));

    assert_none(&lone_manifests(&manifests.collect::<Vec<_>>()));
}

#[test]
fn a_dependency_against_the_arrows_is_caught() {
    #[track_caller]
    fn check(from: &str, to: &str, is_dev: bool, expected: Option<&str>) {
        let violations =
            foreign_dependencies(&[Arrow { from: from.to_owned(), to: to.to_owned(), is_dev }]);
        match expected {
            Some(expected) => assert_caught(&violations, expected),
            None => assert_none(&violations),
        }
    }

    check("chassis", "proto", false, Some("`chassis` must not depend on `proto`"));
    check("customer", "sales", false, Some("`customer` must not depend on `sales`"));
    check("customer", "testkit", false, Some("`customer` must not depend on `testkit`"));
    check("bus", "customer", true, Some("`bus` must not depend on `customer`"));
    check("common", "bus", false, Some("`common` is not in the architecture"));
    check("customer", "testkit", true, None);
    check("customer", "bus", false, None);
    check("tests", "all-in-one", true, None);
}

#[test]
fn a_lone_manifest_is_caught() {
    let check = |text: &str| lone_manifests(&[File::example("crates/x/Cargo.toml", text)]);
    let lints = "[lints]\nworkspace = true\n";

    assert_caught(&check(&format!("{lints}[dependencies]\na = \"1\"")), ":4: pins a version");
    assert_caught(&check("[dependencies]\na.workspace = true"), "the workspace's lints");
    assert_none(&check(&format!(
        "{lints}[dependencies]\na = {{ workspace = true }}\nb.workspace = true"
    )));
}
