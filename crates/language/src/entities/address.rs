//! Web and email addresses.

use super::{before, goes_on, longest};

/// Endings a bare domain is believed with.
const ENDINGS: [&str; 14] =
    ["com", "cn", "net", "org", "io", "hk", "tw", "co", "shop", "app", "top", "vip", "me", "uk"];
/// Longest local part a mail server has to accept (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Longest domain name.
const MAX_DOMAIN: usize = 253;

/// A web address: with a scheme, with `www.`, or a bare domain of a usual ending.
pub(super) fn url(chars: &[char], at: usize) -> Option<usize> {
    if before(chars, at).is_some_and(|it| is_domain(it) || it == '@') {
        return None;
    }
    if let Some(start) = longest(chars, at, &["http://", "https://", "www."]) {
        let begins = chars.get(start).is_some_and(char::is_ascii_alphanumeric);
        return begins.then(|| trimmed(chars, start, path_end(chars, start)));
    }
    let end = domain_end(chars, at);
    let domain: String = chars[at..end].iter().collect();
    let (name, ending) = domain.rsplit_once('.')?;
    let known = ENDINGS.contains(&ending) && name.contains(|it: char| it.is_ascii_alphabetic());
    if !known || chars.get(end) == Some(&'@') {
        return None;
    }
    let end = if chars.get(end) == Some(&'/') { path_end(chars, end) } else { end };
    Some(trimmed(chars, at, end))
}

/// An email address: `local@domain.tld`.
pub(super) fn email(chars: &[char], at: usize) -> Option<usize> {
    if !chars[at].is_ascii_alphanumeric() || before(chars, at).is_some_and(is_local) {
        return None;
    }
    let local = chars[at..].iter().take(MAX_LOCAL + 1).take_while(|it| is_local(**it)).count();
    if MAX_LOCAL < local || !goes_on(chars, at + local, "@") {
        return None;
    }
    let domain = at + local + 1;
    let end = domain_end(chars, domain);
    let name: String = chars[domain..end].iter().collect();
    let (host, ending) = name.rsplit_once('.')?;
    let whole =
        !host.is_empty() && 2 <= ending.len() && ending.chars().all(|it| it.is_alphabetic());
    whole.then_some(end)
}

fn is_local(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '.' | '_' | '%' | '+' | '-')
}

fn is_domain(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '.' | '-')
}

fn domain_end(chars: &[char], at: usize) -> usize {
    let length = chars.iter().skip(at).take(MAX_DOMAIN).take_while(|it| is_domain(**it)).count();
    trimmed(chars, at, at + length)
}

fn path_end(chars: &[char], at: usize) -> usize {
    let fits = |it: &&char| it.is_ascii_graphic() && !matches!(it, '<' | '>' | '"' | '\'');
    at + chars[at..].iter().take_while(fits).count()
}

/// A sentence's own punctuation belongs to the sentence.
fn trimmed(chars: &[char], start: usize, end: usize) -> usize {
    let closing =
        |it: &&char| matches!(it, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '-');
    end - chars[start..end].iter().rev().take_while(closing).count()
}
