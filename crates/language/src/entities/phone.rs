//! Telephone numbers, Chinese and international.

use super::{before, context, is_end};

/// Longest number with its separators.
const MAX_CHARS: usize = 24;
/// Words a bare number is believed to be a telephone number after.
const NAMES: [&str; 13] = [
    "电话",
    "手机",
    "手机号",
    "手机号码",
    "电话号码",
    "号码",
    "联系方式",
    "phone",
    "tel",
    "mobile",
    "phone number",
    "call me on",
    "call me at",
];

struct Number {
    digits: String,
    separated: bool,
    end: usize,
}

/// A number that looks like nothing but a telephone number.
pub(super) fn phone(chars: &[char], at: usize) -> Option<usize> {
    let plus = chars[at] == '+';
    let opens = chars[at].is_ascii_digit() || matches!(chars[at], '+' | '(');
    if !opens
        || before(chars, at).is_some_and(|it| it.is_ascii_alphanumeric() || "+-.#_".contains(it))
    {
        return None;
    }
    let number = number(chars, if plus { at + 1 } else { at })?;
    let digits = number.digits.as_str();
    let national = digits.strip_prefix("86").unwrap_or(digits);
    let mobile = national.len() == 11
        && national.starts_with('1')
        && !matches!(&national[1..2], "0" | "1" | "2");
    let service = digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"));
    let area = digits.starts_with('0') && (10..=12).contains(&digits.len());
    let international = plus && (8..=15).contains(&digits.len());
    let american = number.separated && digits.len() == 10 && !digits.starts_with(['0', '1']);
    (mobile || service || area || international || american).then_some(number.end)
}

/// A number that follows a word for telephone.
pub(super) fn named_phone(chars: &[char], at: usize) -> Option<usize> {
    if !chars[at].is_ascii_digit() || before(chars, at).is_some_and(|it| it.is_ascii_alphanumeric())
    {
        return None;
    }
    let number = number(chars, at)?;
    let fits = (7..=15).contains(&number.digits.len());
    (fits && NAMES.iter().any(|it| context(chars, at, 24).ends_with(it))).then_some(number.end)
}

/// Digits with single separators between groups of at least two.
fn number(chars: &[char], at: usize) -> Option<Number> {
    let mut number = Number { digits: String::new(), separated: false, end: at };
    let mut group = 2;
    for (offset, char) in chars[at..].iter().take(MAX_CHARS).enumerate() {
        match char {
            '0'..='9' => {
                group += 1;
                number.digits.push(*char);
                number.end = at + offset + 1;
            }
            '(' if number.digits.is_empty() => (),
            ' ' | '-' | '(' | ')' if 2 <= group => {
                let closed = at + offset == number.end || chars[at + offset - 1] == ')';
                if !closed && *char != '(' {
                    break;
                }
                number.separated |= !number.digits.is_empty();
                group = if *char == ')' { group } else { 0 };
            }
            _ => break,
        }
    }
    let inside = chars[at..number.end].iter().filter(|it| matches!(it, ' ' | '-' | ')')).count();
    number.separated &= 0 < inside;
    (is_end(chars, number.end) && !number.digits.is_empty()).then_some(number)
}
