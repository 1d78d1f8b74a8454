//! Order and tracking numbers: by the word before them, or by a shape nothing else has.

use super::{before, context};

/// Longest number of an order or a parcel.
const MAX_CODE: usize = 40;
/// How far back the word for it may begin.
const LOOK_BACK: usize = 28;
/// Fewer digits may count anything.
const MIN_DIGITS: usize = 3;

const TRACKING_NAMES: [&str; 17] = [
    "快递单号",
    "物流单号",
    "运单号",
    "运单号码",
    "运单",
    "快递号",
    "快递单",
    "物流号",
    "包裹单号",
    "包裹号",
    "tracking number",
    "tracking no",
    "tracking id",
    "tracking code",
    "tracking",
    "waybill",
    "awb",
];
const ORDER_NAMES: [&str; 18] = [
    "订单号",
    "订单号码",
    "订单编号",
    "订单",
    "单号",
    "单子",
    "order number",
    "order num",
    "order no",
    "order nr",
    "order id",
    "order ref",
    "order",
    "orders",
    "purchase",
    "order reference",
    "purchase number",
    "order code",
];
/// A `#` after these numbers something else.
const OTHER_NAMES: [&str; 11] = [
    "invoice", "bill", "ticket", "room", "flight", "发票", "工单", "receipt", "case", "item",
    "model",
];
/// Carriers' prefixes, with the fewest digits behind them.
const CARRIERS: [(&str, usize); 9] = [
    ("sf", 12),
    ("yt", 13),
    ("zto", 10),
    ("sto", 10),
    ("jdv", 10),
    ("jd", 11),
    ("jt", 13),
    ("tba", 12),
    ("ems", 10),
];
/// Shops' prefixes.
const SHOPS: [&str; 6] = ["ord-", "order-", "so-", "po-", "dd-", "ord"];

/// A code after a word for a parcel's number.
pub(super) fn named_tracking(chars: &[char], at: usize) -> Option<usize> {
    let (_, end) = code(chars, at)?;
    let words = context(chars, at, LOOK_BACK);
    TRACKING_NAMES.iter().any(|it| words.ends_with(it)).then_some(end)
}

/// A code after a word for an order's number, or after `#`.
pub(super) fn named_order(chars: &[char], at: usize) -> Option<usize> {
    let (_, end) = code(chars, at)?;
    let words = context(chars, at, LOOK_BACK);
    let named = ORDER_NAMES.iter().any(|it| words.ends_with(it));
    let other = OTHER_NAMES.iter().any(|it| words.ends_with(it));
    let numbered = before(chars, at) == Some('#') && !other;
    (named || numbered).then_some(end)
}

/// A code only a carrier writes.
pub(super) fn shaped_tracking(chars: &[char], at: usize) -> Option<usize> {
    let (code, end) = code(chars, at)?;
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    let letters = |text: &str| text.bytes().all(|it| it.is_ascii_lowercase());
    let carrier = CARRIERS.iter().any(|(prefix, least)| {
        code.strip_prefix(prefix).is_some_and(|rest| *least <= rest.len() && digits(rest))
    });
    // UPS; and the Universal Postal Union's S10.
    let ups = code.starts_with("1z") && code.len() == 18;
    let postal =
        code.len() == 13 && letters(&code[..2]) && digits(&code[2..11]) && letters(&code[11..]);
    (carrier || ups || postal).then_some(end)
}

/// A code only a shop writes.
pub(super) fn shaped_order(chars: &[char], at: usize) -> Option<usize> {
    let (code, end) = code(chars, at)?;
    let shop = SHOPS.iter().any(|prefix| {
        code.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|it: char| it.is_ascii_digit() || it == '-'))
    });
    let marketplace = (16..=20).contains(&code.len()) && code.bytes().all(|it| it.is_ascii_digit());
    (shop || marketplace).then_some(end)
}

/// Letters, digits and hyphens between them, with enough digits: the code and its end.
fn code(chars: &[char], at: usize) -> Option<(String, usize)> {
    let starts = chars[at].is_ascii_alphanumeric()
        && before(chars, at).is_none_or(|it| !is_part(it) && it != '@');
    if !starts {
        return None;
    }
    let run: String =
        chars[at..].iter().take(MAX_CODE + 1).take_while(|it| is_part(**it)).collect();
    let code = run.trim_end_matches(['-', '_']);
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let fits = run.len() <= MAX_CODE && MIN_DIGITS <= digits;
    fits.then(|| (code.to_owned(), at + code.len()))
}

fn is_part(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '_')
}
