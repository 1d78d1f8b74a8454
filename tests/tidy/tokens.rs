//! Rust source as tokens and paths: enough to see who names what, without a parser.

/// A word, a literal (with its quotes), `::`, or one character of punctuation. Comments are gone.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// A path as written, with the groups of a `use` spelt out: `a::{b, c}` is `a::b` and `a::c`.
pub(crate) struct Path {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

impl Path {
    pub(crate) fn starts_with(&self, prefix: &[&str]) -> bool {
        prefix.len() <= self.segments.len()
            && prefix.iter().zip(&self.segments).all(|(one, other)| one == other)
    }

    /// Whether `names` occur in it one after the other, so that `std::env::var` contains `env::var`.
    pub(crate) fn contains(&self, names: &[&str]) -> bool {
        self.segments.windows(names.len()).any(|window| window == names)
    }

    pub(crate) fn text(&self) -> String {
        self.segments.join("::")
    }
}

/// Splits `source` into tokens.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let end = end_of_token(&chars, at);
        let text: String = chars[at..end].iter().collect();
        let is_comment = text.starts_with("//") || text.starts_with("/*");
        if !is_comment && !text.trim().is_empty() {
            found.push(Token { text: text.clone(), line });
        }
        line += text.matches('\n').count();
        at = end;
    }
    found
}

fn end_of_token(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let next = rest.get(1).copied().unwrap_or(' ');
    match rest[0] {
        '/' if next == '/' => at + rest.iter().position(|&it| it == '\n').unwrap_or(rest.len()),
        '/' if next == '*' => at + block_comment(rest),
        ':' if next == ':' => at + 2,
        '"' => at + string(rest),
        '\'' => at + quote(rest),
        first if is_word(first) => {
            let word = rest.iter().position(|&it| !is_word(it)).unwrap_or(rest.len());
            let prefix: String = rest[..word].iter().collect();
            match (prefix.as_str(), rest.get(word)) {
                ("b" | "c", Some('"')) => at + word + string(&rest[word..]),
                ("r" | "br" | "cr", Some('"' | '#')) => at + word + raw_string(&rest[word..]),
                ("b", Some('\'')) => at + word + quote(&rest[word..]),
                _ => at + word,
            }
        }
        _ => at + 1,
    }
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at + 1 < rest.len() {
        match (rest[at], rest[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') if depth == 1 => return at + 2,
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    rest.len()
}

fn string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// `"…"`, `#"…"#` and so on, or the `#` of a raw identifier.
fn raw_string(rest: &[char]) -> usize {
    let hashes = rest.iter().take_while(|&&it| it == '#').count();
    if rest.get(hashes) != Some(&'"') {
        return hashes;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = &rest[hashes + 1..];
    let length = body.windows(close.len()).position(|it| it == close).unwrap_or(body.len());
    (hashes + 1 + length + close.len()).min(rest.len())
}

/// A character literal or a lifetime.
fn quote(rest: &[char]) -> usize {
    match (rest.get(1), rest.get(2)) {
        (Some('\\'), _) => {
            let close = rest.iter().skip(3).position(|&it| it == '\'');
            close.map_or(rest.len(), |it| it + 4)
        }
        (Some(_), Some('\'')) => 3,
        _ => 1 + rest[1..].iter().position(|&it| !is_word(it)).unwrap_or(rest.len() - 1),
    }
}

/// The tokens without the items marked `#[cfg(test)]`.
pub(crate) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if follows(tokens, at, &["#", "[", "cfg", "(", "test", ")", "]"]) {
            at = end_of_item(tokens, at + 7);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn end_of_item(tokens: &[Token], from: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" if depth == 1 => return at + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return at + 1,
            _ => (),
        }
    }
    tokens.len()
}

/// Whether the tokens from `at` on are `expected`.
pub(crate) fn follows(tokens: &[Token], at: usize, expected: &[&str]) -> bool {
    expected.len() <= tokens.len() - at
        && tokens[at..].iter().zip(expected).all(|(token, it)| token.text == *it)
}

/// The lines on which the tokens `expected` stand one after the other.
pub(crate) fn lines_with(tokens: &[Token], expected: &[&str]) -> Vec<usize> {
    let starts = (0..tokens.len()).filter(|&at| follows(tokens, at, expected));
    starts.map(|at| tokens[at].line).collect()
}

/// Every path in `tokens`; a lone word is a path of one segment.
pub(crate) fn paths(tokens: &[Token]) -> Vec<Path> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = match is_name(&tokens[at]) {
            true => path(tokens, at, &[], &mut found),
            false => at + 1,
        };
    }
    found
}

fn is_name(token: &Token) -> bool {
    token.text.starts_with(|it: char| it.is_alphabetic() || it == '_') && !token.text.ends_with('"')
}

/// Reads the path that starts at `at` below `prefix` and returns where it ends.
fn path(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Path>) -> usize {
    let mut segments = prefix.to_vec();
    let line = tokens[at].line;
    loop {
        segments.push(tokens[at].text.clone());
        let is_longer = follows(tokens, at + 1, &["::"]);
        match tokens.get(at + 2) {
            Some(next) if is_longer && (is_name(next) || next.text == "*") => at += 2,
            Some(next) if is_longer && next.text == "{" => {
                return group(tokens, at + 3, &segments, found);
            }
            _ => break,
        }
    }
    found.push(Path { segments, line });
    at + 1
}

fn group(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Path>) -> usize {
    while at < tokens.len() && tokens[at].text != "}" {
        let is_renamed = tokens[at].text == "as";
        at = match tokens[at].text.as_str() {
            _ if is_renamed => at + 2,
            text if is_name(&tokens[at]) || text == "*" => path(tokens, at, prefix, found),
            _ => at + 1,
        };
    }
    at + 1
}

#[test]
fn tokens_know_comments_strings_and_lifetimes_apart() {
    let source =
        "fn a<'b>() /* x /* y */ z */ { r#\"c::d\"#; 'e'; '\\''; b\"f\\\"\" } // g\nr#type h";

    let texts: Vec<String> = tokens(source).into_iter().map(|it| it.text).collect();

    let expected = "fn|a|<|'b|>|(|)|{|r#\"c::d\"#|;|'e'|;|'\\''|;|b\"f\\\"\"|}|r#|type|h";
    assert_eq!(texts.join("|"), expected);
}

#[test]
fn paths_spell_out_the_groups_of_a_use() {
    let source = "use a::{b::{self, C as D}, e::*}; fn f() { g::h::<I>(j) }";

    let texts: Vec<String> = paths(&tokens(source)).iter().map(Path::text).collect();

    assert_eq!(
        texts,
        ["use", "a::b::self", "a::b::C", "a::e::*", "fn", "f", "g::h", "I", "j"].map(str::to_owned)
    );
}

#[test]
fn modules_of_tests_are_left_out() {
    let source = "a; #[cfg(test)] #[allow(x)] mod tests { fn b() { c } } d; #[cfg(test)] mod e; f";

    let left = without_tests(&tokens(source));

    let texts: Vec<&str> = left.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(texts.join(""), "a;d;f");
}
