//! Amounts with their currency.

use super::{digits, goes_on, is_end, is_start, longest};

const BEFORE: [&str; 15] = [
    "¥",
    "$",
    "€",
    "£",
    "us$",
    "hk$",
    "nt$",
    "rmb",
    "cny",
    "usd",
    "eur",
    "gbp",
    "hkd",
    "人民币",
    "rmb¥",
];
const AFTER: [&str; 12] = [
    "元",
    "块钱",
    "美元",
    "美金",
    "欧元",
    "英镑",
    "港币",
    "港元",
    "台币",
    "新台币",
    "日元",
    "人民币",
];
const AFTER_SPACED: [&str; 20] = [
    "yuan", "rmb", "cny", "usd", "dollar", "dollars", "buck", "bucks", "euro", "euros", "eur",
    "pound", "pounds", "gbp", "cent", "cents", "hkd", "twd", "€", "£",
];
/// What may follow `块` where it means money and not a piece.
const AFTER_PIECE: &str = "的多了吗吧呢啊给能还包一左以就都才钱,。!?;、 ";
/// More digits are a number of something else.
const MAX_DIGITS: usize = 12;

/// An amount: `¥99.9`, `US$ 20`, `99元`, `20 dollars`, `1.2万元`.
pub(super) fn money(chars: &[char], at: usize) -> Option<usize> {
    if let Some(start) = longest(chars, at, &BEFORE) {
        if chars[at].is_ascii_alphabetic() && !is_start(chars, at) {
            return None;
        }
        let start = if goes_on(chars, start, " ") { start + 1 } else { start };
        let end = amount(chars, start).filter(|it| is_end(chars, *it))?;
        return Some(longest(chars, end, &AFTER).unwrap_or(end));
    }
    if !is_start(chars, at) {
        return None;
    }
    let end = amount(chars, at)?;
    let end = longest(chars, end, &["多", "来"]).unwrap_or(end);
    if let Some(end) = longest(chars, end, &AFTER) {
        return Some(end);
    }
    if goes_on(chars, end, "块") && chars.get(end + 1).is_none_or(|it| AFTER_PIECE.contains(*it)) {
        return Some(end + 1);
    }
    let spaced = if goes_on(chars, end, " ") { end + 1 } else { end };
    longest(chars, spaced, &AFTER_SPACED).filter(|it| is_end(chars, *it))
}

/// Digits with groups and decimals: `1,299.00`, `1.2万`.
fn amount(chars: &[char], at: usize) -> Option<usize> {
    let mut end = digits(chars, at, MAX_DIGITS);
    if end == at {
        return None;
    }
    while end - at < MAX_DIGITS
        && chars.get(end) == Some(&',')
        && digits(chars, end + 1, 3) == end + 4
    {
        end += 4;
    }
    let decimals = digits(chars, end + 1, 2);
    if chars.get(end) == Some(&'.') && end + 1 < decimals {
        end = decimals;
    }
    if chars.get(end).is_some_and(char::is_ascii_digit) {
        return None;
    }
    Some(longest(chars, end, &["万", "千", "百", "亿", "k"]).unwrap_or(end))
}
