//! The rooms of a service and the arrows between them: who may import whom.

use std::collections::BTreeMap;

use crate::tokens::{paths, tokens, without_tests};
use crate::tree::{Exception, File, assert_caught, assert_none, except, files_of};

/// Each room, and the rooms it may name. `lib` puts them together, so it may name all.
///
/// The picture: main → api, events; api → app, convert; events → app, store, announce, convert;
/// app → store, announce; announce → convert; store, convert → domain; error beside domain. Values of
/// `domain` and `error` are the vocabulary of all.
const ARROWS: &[(&str, &[&str])] = &[
    ("main", &["api", "config", "events"]),
    ("api", &["app", "convert", "domain", "error"]),
    ("events", &["announce", "app", "convert", "domain", "error", "store"]),
    ("app", &["announce", "domain", "error", "store"]),
    ("announce", &["convert", "domain", "error"]),
    ("store", &["domain", "error"]),
    ("convert", &["domain", "error"]),
    ("domain", &["error"]),
    ("error", &["domain"]),
    ("config", &[]),
];

/// A room that only some services need.
struct ExtraRoom {
    service: &'static str,
    room: &'static str,
    may_name: &'static [&'static str],
    named_by: &'static [&'static str],
    must_not_know: &'static str,
}

const EXTRA_ROOMS: &[ExtraRoom] = &[ExtraRoom {
    service: "social-ingest",
    room: "channels",
    may_name: &["domain", "error"],
    named_by: &["api", "app", "events"],
    must_not_know: "a channel must not know tables, gRPC or the log",
}];

/// Arrows that are drawn although the picture has none.
const EXCEPTIONS: &[Exception] = &[];

/// The names that a pure decision has no use for.
const NOT_IN_DOMAIN: &[&str] = &[
    "async",
    "await",
    "axum",
    "bus",
    "prost",
    "prost_types",
    "proto",
    "reqwest",
    "sea_orm",
    "sea_orm_migration",
    "sqlx",
    "tokio",
    "tonic",
    "tracing",
];

fn may_name(service: &str, room: &str, target: &str) -> Result<bool, String> {
    let extra = |name: &str| EXTRA_ROOMS.iter().find(|it| it.service == service && it.room == name);
    if room == "lib" || room == target {
        return Ok(true);
    }
    let known = ARROWS.iter().find(|(name, _)| *name == room).map(|(_, targets)| *targets);
    let Some(targets) = known.or_else(|| extra(room).map(|it| it.may_name)) else {
        return Err(format!("`{room}` is no room: add it to the architecture and to EXTRA_ROOMS"));
    };
    Ok(targets.contains(&target) || extra(target).is_some_and(|it| it.named_by.contains(&room)))
}

/// Imports that go against the arrows, and rooms that nobody has drawn.
fn foreign_imports(files: &[File]) -> Vec<String> {
    let mut rooms: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (service, below) in services(files) {
        rooms.entry(service).or_default().push(room_of(below));
    }

    let mut violations = Vec::new();
    for file in files {
        let Some((service, below)) = file.in_service().filter(|it| it.0 != "all-in-one") else {
            continue;
        };
        let room = room_of(below);
        for path in paths(&without_tests(&tokens(&file.text))) {
            let Some(target) = target_of(&path.segments, below, service) else { continue };
            if !rooms[service].contains(&target) {
                continue;
            }
            let problem = match may_name(service, room, target) {
                Ok(true) => continue,
                Ok(false) => format!("`{room}` must not name `{target}` (`{}`)", path.text()),
                Err(problem) => problem,
            };
            violations.push(format!("{}:{}: {problem}", file.path, path.line));
        }
        if let Err(problem) = may_name(service, room, "") {
            violations.push(format!("{}: {problem}", file.path));
        }
    }
    violations.dedup();
    violations
}

fn services(files: &[File]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().filter_map(File::in_service)
}

/// `store/contacts.rs` and `store.rs` are both of the room `store`.
fn room_of(below: &str) -> &str {
    below.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The room that a path leads to, if it leads out of its own module at all.
fn target_of<'a>(segments: &'a [String], below: &str, service: &str) -> Option<&'a str> {
    let ups = segments.iter().take_while(|it| *it == "super").count();
    let depth = match below {
        "lib.rs" | "main.rs" => 0,
        _ => below.trim_end_matches("/mod.rs").split('/').count(),
    };
    let is_absolute = segments[0] == "crate" || segments[0] == service.replace('-', "_");
    match ups {
        0 if is_absolute => segments.get(1).map(String::as_str),
        0 => None,
        _ if ups == depth => segments.get(ups).map(String::as_str),
        _ => None,
    }
}

/// What `domain` names although it is synchronous and pure.
fn impurities(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files {
        if file.in_service().is_none_or(|(_, below)| room_of(below) != "domain") {
            continue;
        }
        for path in paths(&without_tests(&tokens(&file.text))) {
            let first = path.segments[0].as_str();
            if NOT_IN_DOMAIN.contains(&first) {
                violations.push(format!("{}:{}: `domain` names `{first}`", file.path, path.line));
            }
        }
    }
    violations
}

#[test]
fn rooms_import_only_along_the_arrows() {
    assert_none(&except(foreign_imports(&files_of("rs")), EXCEPTIONS));
}

#[test]
fn domain_is_synchronous_and_pure() {
    assert_none(&impurities(&files_of("rs")));
}

#[test]
fn every_extra_room_says_what_it_must_not_know_and_exists() {
    let files = files_of("rs");
    for it in EXTRA_ROOMS {
        let exists = services(&files)
            .any(|(service, below)| service == it.service && room_of(below) == it.room);
        assert!(exists, "`{}` has no room `{}`", it.service, it.room);
        assert!(it.must_not_know.contains("must not know"), "`{}` knows everything", it.room);
    }
}

#[test]
fn an_import_against_the_arrows_is_caught() {
    #[track_caller]
    fn check(path: &str, text: &str, expected: &str) {
        let neighbours = ["api.rs", "app.rs", "store/rows.rs", "domain.rs", "events.rs"];
        let mut files: Vec<File> =
            neighbours.map(|it| File::example(&format!("services/x/src/{it}"), "")).into();
        files.push(File::example(&format!("services/x/src/{path}"), text));
        assert_caught(&foreign_imports(&files), expected);
    }

    check("api/a.rs", "use crate::{app, store::rows};", "api/a.rs:1: `api` must not name `store`");
    check("store/a.rs", "fn f() { crate::app::g() }", "`store` must not name `app`");
    check("domain/a.rs", "use super::super::store;", "`domain` must not name `store`");
    check("app.rs", "use super::api::b;", "`app` must not name `api`");
    check("main.rs", "use x::store::C;", "`main` must not name `store`");
    check("jobs/a.rs", "", "`jobs` is no room");
}

#[test]
fn an_import_along_the_arrows_passes() {
    let files = [
        File::example("services/x/src/store.rs", "use crate::domain::A; use super::domain;"),
        File::example("services/x/src/domain.rs", "#[cfg(test)] mod tests { use crate::store; }"),
        File::example("services/x/src/app/a.rs", "use crate::store; use super::b; // crate::api"),
        File::example("services/x/src/lib.rs", "use app::A; use crate::store::B;"),
    ];

    assert_none(&foreign_imports(&files));
}

#[test]
fn an_impure_domain_is_caught() {
    let example = |text| [File::example("services/x/src/domain/a.rs", text)];

    assert_caught(&impurities(&example("async fn f() {}")), "names `async`");
    assert_caught(&impurities(&example("use sea_orm::DbErr;")), "names `sea_orm`");
    assert_none(&impurities(&example("// tokio\nfn f() { \"tonic\"; }")));
}
