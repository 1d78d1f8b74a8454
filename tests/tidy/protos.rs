//! What the contract keeps beyond `buf lint`: permissions, comments, names of events, no personal data on topics.

use std::collections::BTreeMap;

use crate::tokens::{Token, follows, tokens};
use crate::tree::{File, assert_caught, assert_none, files_of};

/// A field of a message: its type as written, and whether it is marked as personal data or as a secret.
struct Field {
    line: usize,
    kind: String,
    is_private: bool,
}

/// A message and where it stands; `name` is the full one.
struct Message {
    path: String,
    name: String,
    line: usize,
    fields: Vec<Field>,
}

fn package(tokens: &[Token]) -> String {
    let after = tokens.iter().skip_while(|it| it.text != "package").skip(1);
    after.take_while(|it| it.text != ";").map(|it| it.text.as_str()).collect()
}

/// Every message of `files`, nested ones included.
fn messages(files: &[File]) -> Vec<Message> {
    let mut found = Vec::new();
    for file in files {
        let tokens = tokens(&file.text);
        let mut scopes: Vec<Option<Message>> = Vec::new();
        let mut scope_name = vec![package(&tokens)];
        let mut statement = 0;
        for (index, token) in tokens.iter().enumerate() {
            match token.text.as_str() {
                "{" => {
                    let name = tokens[statement + 1].text.clone();
                    let is_message = tokens[statement].text == "message";
                    if is_message {
                        scope_name.push(name);
                    }
                    scopes.push(is_message.then(|| Message {
                        path: file.path.clone(),
                        name: scope_name.join("."),
                        line: token.line,
                        fields: Vec::new(),
                    }));
                    statement = index + 1;
                }
                "}" => {
                    if let Some(message) = scopes.pop().flatten() {
                        scope_name.pop();
                        found.push(message);
                    }
                    statement = index + 1;
                }
                ";" => {
                    // A field of a `oneof` belongs to the message around it.
                    let message = scopes.iter_mut().rev().find_map(Option::as_mut);
                    let field = field(&tokens[statement..index]);
                    if let (Some(message), Some(field)) = (message, field) {
                        message.fields.push(field);
                    }
                    statement = index + 1;
                }
                _ => (),
            }
        }
    }
    found
}

/// Reads `[repeated|optional] type name = number [options]`.
fn field(statement: &[Token]) -> Option<Field> {
    let first = statement.first()?;
    if matches!(first.text.as_str(), "option" | "reserved" | "rpc") {
        return None;
    }
    let is_labelled = matches!(first.text.as_str(), "optional" | "repeated");
    let declared = &statement[usize::from(is_labelled)..];
    let equals = declared.iter().position(|it| it.text == "=")?;
    let kind = declared[..equals.saturating_sub(1)].iter().map(|it| it.text.as_str()).collect();
    let options = &declared[equals..];
    let is_private = options.iter().any(|it| it.text == "personal_data" || it.text == "secret");
    Some(Field { line: first.line, kind, is_private })
}

fn is_events(path: &str) -> bool {
    path.ends_with("_events.proto")
}

/// Fields reachable from an event that are marked as personal data or as a secret.
fn personal_data_in_events(files: &[File]) -> Vec<String> {
    let all = messages(files);
    let by_name: BTreeMap<&str, &Message> = all.iter().map(|it| (it.name.as_str(), it)).collect();
    let mut violations = Vec::new();
    for event in all.iter().filter(|it| is_events(&it.path)) {
        let mut seen = vec![event.name.as_str()];
        let mut open = vec![event];
        while let Some(message) = open.pop() {
            for field in &message.fields {
                if field.is_private {
                    let (path, line, name) = (&message.path, field.line, &event.name);
                    violations.push(format!("{path}:{line}: `{name}` carries personal data"));
                }
                for kind in kinds(&field.kind) {
                    let Some(next) = resolve(&by_name, &message.name, kind) else { continue };
                    if !seen.contains(&next.name.as_str()) {
                        seen.push(&next.name);
                        open.push(next);
                    }
                }
            }
        }
    }
    violations
}

/// The message types in a field's type: one, or the value of a `map<key, value>`.
fn kinds(kind: &str) -> impl Iterator<Item = &str> {
    kind.trim_start_matches("map<").trim_end_matches('>').split(',')
}

/// Looks a type up from the innermost scope outwards, as protoc does.
fn resolve<'a>(
    by_name: &BTreeMap<&str, &'a Message>,
    scope: &str,
    kind: &str,
) -> Option<&'a Message> {
    let mut scope = scope;
    loop {
        if let Some(message) = by_name.get(format!("{scope}.{kind}").as_str()) {
            return Some(message);
        }
        match scope.rsplit_once('.') {
            Some((outer, _)) => scope = outer,
            None => return by_name.get(kind.trim_start_matches('.')).copied(),
        }
    }
}

fn badly_named_events(files: &[File]) -> Vec<String> {
    let events = messages(files).into_iter().filter(|it| is_events(&it.path));
    let bad = events.filter(|it| it.name.ends_with("Event"));
    bad.map(|it| format!("{}:{}: `{}` ends in `Event`", it.path, it.line, it.name)).collect()
}

/// Methods without a permission, and methods without a comment right above.
fn bare_methods(files: &[File]) -> Vec<String> {
    let mut violations = Vec::new();
    for file in files {
        let tokens = tokens(&file.text);
        let lines: Vec<&str> = file.text.lines().collect();
        for index in 0..tokens.len() {
            let (line, is_method) = (tokens[index].line, follows(&tokens, index, &["rpc"]));
            if !is_method || tokens.get(index + 2).is_none_or(|it| it.text != "(") {
                continue;
            }
            let name = &tokens[index + 1].text;
            let rest = tokens[index + 1..].iter().take_while(|it| it.text != "rpc");
            let body: String = rest.map(|it| it.text.as_str()).collect();
            if !body.contains("option(kith.options.v1.permission)=\"") {
                violations.push(format!("{}:{line}: `{name}` has no permission", file.path));
            }
            let above = line.checked_sub(2).map_or("", |it| lines[it].trim());
            if !above.starts_with("//") {
                violations.push(format!("{}:{line}: `{name}` has no comment", file.path));
            }
        }
    }
    violations
}

#[test]
fn every_method_has_a_permission_and_a_comment() {
    assert_none(&bare_methods(&files_of("proto")));
}

#[test]
fn an_event_is_named_by_what_happened() {
    assert_none(&badly_named_events(&files_of("proto")));
}

#[test]
fn no_event_carries_personal_data() {
    assert_none(&personal_data_in_events(&files_of("proto")));
}

#[test]
fn a_contract_that_says_too_little_or_too_much_is_caught() {
    let method = |text: &str| [File::example("a.proto", text)];
    let permission = "{ option (kith.options.v1.permission) = \"a.read\"; }";
    assert_caught(&bare_methods(&method("// Gets.\nrpc Get(A) returns (B);")), "no permission");
    assert_caught(
        &bare_methods(&method(&format!("rpc Get(A) returns (B) {permission}"))),
        "no comment",
    );
    assert_none(&bare_methods(&method(&format!("// Gets.\nrpc Get(A) returns (B) {permission}"))));

    let event = |text: &str| File::example("a_events.proto", &format!("package k.v1;{text}"));
    let caught = badly_named_events(&[event("message ContactEvent {}")]);
    assert_caught(&caught, "`k.v1.ContactEvent` ends in `Event`");
}

#[test]
fn personal_data_is_found_through_other_messages() {
    let contact = "package k.v1; message Contact { message Name { optional string given = 1 \
                   [(o.personal_data) = true]; } oneof x { Name name = 1; } string id = 2; }";
    let event = |kind: &str| {
        let text = format!("package k.v1; message Made {{ {kind} a = 1; }}");
        [File::example("a_events.proto", &text), File::example("a.proto", contact)]
    };

    assert_caught(&personal_data_in_events(&event("Contact")), "a.proto:1: `k.v1.Made` carries");
    assert_caught(&personal_data_in_events(&event("k.v1.Contact.Name")), "`k.v1.Made` carries");
    assert_caught(&personal_data_in_events(&event("map<string, v1.Contact>")), "carries");
    assert_none(&personal_data_in_events(&event("string")));
}
