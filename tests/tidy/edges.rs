//! What only one place may do or name: Kafka, statuses, SQL, transactions, the clock, the environment.

use crate::tokens::{Token, follows, lines_with, paths, tokens, without_tests};
use crate::tree::{Exception, File, assert_caught, assert_none, except, files_of};

/// What a use case or a handler says about the database outside `store`: that there is a transaction, and that it failed.
const DATABASE_WORDS: &[&str] = &["ConnectionTrait", "DatabaseTransaction", "DbErr"];

const STATEMENTS: &[&str] =
    &["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ", "WITH "];

const OPENERS: &[&str] = &["begin", "begin_system", "command", "read_system", "transaction"];

const NOW: &[&[&str]] = &[
    &["Utc", "now"],
    &["Local", "now"],
    &["SystemTime", "now"],
    &["Uuid", "now_v7"],
    &["Timestamp", "now"],
];

const ENVIRONMENT: &[&[&str]] = &[
    &["env", "var"],
    &["env", "vars"],
    &["env", "var_os"],
    &["env", "vars_os"],
    &["env", "set_var"],
];

/// Who reads the time although it is not the clock.
const CLOCK_EXCEPTIONS: &[Exception] = &[Exception {
    path: "crates/emulators/src/wechat/account.rs",
    names: "`SystemTime::now`",
    reason: "a provider has a clock of its own, and an emulator may not use `chassis`",
}];

/// Who reads the environment although it is no setting.
const ENVIRONMENT_EXCEPTIONS: &[Exception] = &[];

/// Who names a gRPC status although it is not `api`.
const STATUS_EXCEPTIONS: &[Exception] = &[];

/// Who names the database although it is not `store`.
const DATABASE_EXCEPTIONS: &[Exception] = &[];

/// Who opens a transaction although it is not `app`.
const TRANSACTION_EXCEPTIONS: &[Exception] = &[];

/// Code that runs in production: no test files, no test modules.
fn production(files: &[File]) -> impl Iterator<Item = (&File, Vec<Token>)> {
    files.iter().filter(|it| !it.is_test()).map(|file| (file, without_tests(&tokens(&file.text))))
}

/// Production code of the five services outside the rooms `rooms`.
fn services_outside<'a>(
    files: &'a [File],
    rooms: &'a [&str],
) -> impl Iterator<Item = (&'a File, Vec<Token>)> {
    production(files).filter(|(file, _)| {
        file.in_service().is_some_and(|(service, below)| {
            let room = below.split('/').next().unwrap_or(below).trim_end_matches(".rs");
            service != "all-in-one" && !rooms.contains(&room)
        })
    })
}

fn at(file: &File, line: usize, problem: &str) -> String {
    format!("{}:{line}: {problem}", file.path)
}

fn kafka_outside_bus(files: &[File]) -> Vec<String> {
    let outside = files.iter().filter(|it| !is_one_of(it, &["crates/bus/", "crates/testkit/"]));
    let named = outside.flat_map(|file| {
        let found = paths(&tokens(&file.text)).into_iter();
        let found = found.filter(|it| it.starts_with(&["rdkafka"]));
        found.map(move |it| at(file, it.line, "names `rdkafka`"))
    });
    named.collect()
}

fn statuses_outside_api(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for (file, tokens) in services_outside(files, &["api"]) {
        for path in paths(&tokens) {
            let is_status = path.starts_with(&["tonic", "Status"])
                || path.starts_with(&["tonic", "Code"])
                || path.starts_with(&["tonic_types"]);
            if is_status {
                violations.push(at(file, path.line, &format!("names `{}`", path.text())));
            }
        }
    }
    violations
}

fn sql_outside_store(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for (file, tokens) in services_outside(files, &["store"]) {
        for path in paths(&tokens) {
            let is_foreign = match path.segments[0].as_str() {
                "sea_orm" => {
                    path.segments.get(1).is_some_and(|it| !DATABASE_WORDS.contains(&it.as_str()))
                }
                first => matches!(first, "sea_orm_migration" | "sea_query" | "sqlx"),
            };
            if is_foreign {
                violations.push(at(file, path.line, &format!("names `{}`", path.text())));
            }
        }
        for token in tokens.iter().filter(|it| it.text.contains('"')) {
            let literal = token.text.trim_start_matches(['r', 'b', '#', '"']);
            if STATEMENTS.iter().any(|it| literal.starts_with(it)) {
                violations.push(at(file, token.line, "holds an SQL statement"));
            }
        }
    }
    violations
}

fn transactions_outside_app(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for (file, tokens) in services_outside(files, &["app"]) {
        for (index, token) in tokens.iter().enumerate() {
            let is_call = follows(&tokens, index, &[".", &token_after(&tokens, index), "("]);
            let name = token_after(&tokens, index);
            // `lock.read()` takes no argument; a read transaction takes the tenant.
            let is_read = name == "read" && !follows(&tokens, index, &[".", "read", "(", ")"]);
            if is_call && (OPENERS.contains(&name.as_str()) || is_read) {
                violations.push(at(
                    file,
                    token.line,
                    &format!("opens a transaction with `{name}`"),
                ));
            }
        }
    }
    violations
}

fn token_after(tokens: &[Token], index: usize) -> String {
    tokens.get(index + 1).map(|it| it.text.clone()).unwrap_or_default()
}

fn clocks(files: &[File]) -> Vec<String> {
    named(
        production(files).filter(|(file, _)| !is_one_of(file, &["crates/chassis/src/clock"])),
        NOW,
    )
}

fn environment_readers(files: &[File]) -> Vec<String> {
    let readers = ["crates/chassis/src/telemetry", "crates/testkit/"];
    let elsewhere = production(files).filter(|(file, _)| {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        !matches!(name, "args.rs" | "build.rs" | "config.rs") && !is_one_of(file, &readers)
    });
    named(elsewhere, ENVIRONMENT)
}

/// Settings that are not declared in a service's `config.rs`.
fn settings_elsewhere(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for (file, tokens) in services_outside(files, &["config"]) {
        for line in lines_with(&tokens, &["#", "[", "arg", "("]) {
            violations.push(at(file, line, "declares a setting outside `config.rs`"));
        }
    }
    violations
}

fn is_one_of(file: &File, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|it| file.path.starts_with(it))
}

fn named<'a>(code: impl Iterator<Item = (&'a File, Vec<Token>)>, names: &[&[&str]]) -> Vec<String> {
    let mut violations = Vec::new();
    for (file, tokens) in code {
        for path in paths(&tokens) {
            if let Some(name) = names.iter().find(|it| path.contains(it)) {
                violations.push(at(file, path.line, &format!("names `{}`", name.join("::"))));
            }
        }
    }
    violations
}

#[test]
fn only_bus_and_the_test_kit_name_kafka() {
    assert_none(&kafka_outside_bus(&files_of("rs")));
}

#[test]
fn only_api_names_grpc_statuses() {
    assert_none(&except(statuses_outside_api(&files_of("rs")), STATUS_EXCEPTIONS));
}

#[test]
fn only_store_names_sql() {
    assert_none(&except(sql_outside_store(&files_of("rs")), DATABASE_EXCEPTIONS));
}

#[test]
fn only_app_opens_transactions() {
    assert_none(&except(transactions_outside_app(&files_of("rs")), TRANSACTION_EXCEPTIONS));
}

#[test]
fn only_the_clock_reads_the_time() {
    assert_none(&except(clocks(&files_of("rs")), CLOCK_EXCEPTIONS));
}

#[test]
fn only_settings_read_the_environment() {
    assert_none(&except(environment_readers(&files_of("rs")), ENVIRONMENT_EXCEPTIONS));
}

#[test]
fn a_service_declares_its_settings_in_config() {
    assert_none(&settings_elsewhere(&files_of("rs")));
}

#[test]
fn what_crosses_an_edge_is_caught() {
    type Rule = fn(&[File]) -> Vec<String>;
    #[track_caller]
    fn check(rule: Rule, path: &str, text: &str, expected: &str) {
        assert_caught(&rule(&[File::example(path, text)]), expected);
    }

    let app = "services/x/src/app/a.rs";
    check(kafka_outside_bus, app, "use rdkafka::config;", "names `rdkafka`");
    check(statuses_outside_api, app, "use tonic::{Request, Status};", "names `tonic::Status`");
    check(statuses_outside_api, app, "tonic::Code::Ok", "names `tonic::Code::Ok`");
    check(sql_outside_store, app, "use sea_orm::{DbErr, EntityTrait};", "`sea_orm::EntityTrait`");
    check(sql_outside_store, app, "f(\"SELECT 1\")", "holds an SQL statement");
    check(clocks, app, "\n chrono::Utc::now()", "a.rs:2: names `Utc::now`");
    check(environment_readers, app, "std::env::var(\"A\")", "names `env::var`");
    check(settings_elsewhere, app, "#[arg(long, env)]", "declares a setting");
    let api = "services/x/src/api/a.rs";
    check(transactions_outside_app, api, "self.db.begin(tenant)", "with `begin`");
    check(transactions_outside_app, api, "db.read(tenant)", "with `read`");
}

#[test]
fn what_stays_inside_passes() {
    type Rule = fn(&[File]) -> Vec<String>;
    #[track_caller]
    fn check(rule: Rule, path: &str, text: &str) {
        assert_none(&rule(&[File::example(path, text)]));
    }

    check(kafka_outside_bus, "crates/bus/src/kafka.rs", "use rdkafka::config;");
    check(statuses_outside_api, "services/x/src/api/status.rs", "use tonic::Status;");
    check(sql_outside_store, "services/x/src/store/a.rs", "use sea_orm::EntityTrait;");
    check(sql_outside_store, "services/x/src/app/a.rs", "use sea_orm::{ConnectionTrait, DbErr};");
    check(transactions_outside_app, "services/x/src/app.rs", "self.db.begin(tenant)");
    check(transactions_outside_app, "services/x/src/api.rs", "self.lock.read().get()");
    check(clocks, "crates/chassis/src/clock.rs", "Utc::now()");
    check(clocks, "services/x/src/app.rs", "#[cfg(test)] mod tests { fn f() { Utc::now() } }");
    check(environment_readers, "services/x/src/config.rs", "std::env::var(\"A\")");
    check(environment_readers, "crates/x/src/a.rs", "env!(\"CARGO_PKG_VERSION\")");
}
