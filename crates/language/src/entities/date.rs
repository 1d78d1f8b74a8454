//! Days, absolute or relative, in both languages.

use std::ops::RangeInclusive;

use super::{before, digits, is_end, is_start, longest, value};

const YEARS: RangeInclusive<u32> = 1900..=2100;
const MONTHS: RangeInclusive<u32> = 1..=12;
const DAYS: RangeInclusive<u32> = 1..=31;

const CHINESE_WORDS: [&str; 25] = [
    "今天",
    "今日",
    "今晚",
    "今早",
    "明天",
    "明日",
    "明早",
    "明晚",
    "后天",
    "大后天",
    "昨天",
    "昨日",
    "昨晚",
    "前天",
    "大前天",
    "上个月",
    "下个月",
    "这个月",
    "本月",
    "上月",
    "下月",
    "月底",
    "月初",
    "去年",
    "明年",
];
const WEEK_PREFIXES: [&str; 9] =
    ["上周", "下周", "本周", "这周", "周", "星期", "礼拜", "下星期", "上星期"];
const ENGLISH_WORDS: [&str; 5] =
    ["today", "tomorrow", "yesterday", "tonight", "day after tomorrow"];
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const SPANS: [&str; 4] = ["week", "month", "year", "weekend"];
const MONTH_NAMES: [&str; 24] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
];

/// A day, month or week.
pub(super) fn date(chars: &[char], at: usize) -> Option<usize> {
    match chars[at] {
        '0'..='9' if is_start(chars, at) => year_first(chars, at)
            .or_else(|| year_last(chars, at))
            .or_else(|| month_and_day(chars, at))
            .or_else(|| day_then_month(chars, at))
            .or_else(|| day_of_month(chars, at)),
        'a'..='z' if is_start(chars, at) => english(chars, at),
        char if is_numeral(char) => spelt(chars, at),
        '今' | '明' | '后' | '大' | '昨' | '前' | '上' | '下' | '本' | '这' | '周' | '星'
        | '礼' | '月' | '去' => chinese(chars, at),
        _ => None,
    }
}

/// `2024-05-01`, `2024/5/1`, `2024年5月1日`, `2024年5月`.
fn year_first(chars: &[char], at: usize) -> Option<usize> {
    let (year, month) = part(chars, at, 4, &YEARS)?;
    let chinese = year == '年';
    if !matches!(year, '-' | '/' | '.' | '年') {
        return None;
    }
    let month_end = digits(chars, month, 2);
    let month_fits = month < month_end && MONTHS.contains(&value(chars, month..month_end));
    let separator = *chars.get(month_end)?;
    if !month_fits || (chinese && separator != '月') || (!chinese && separator != year) {
        return None;
    }
    let day_end = digits(chars, month_end + 1, 2);
    let day_fits = month_end + 1 < day_end && DAYS.contains(&value(chars, month_end + 1..day_end));
    match (day_fits, chinese) {
        (true, true) => Some(day_mark(chars, day_end)),
        (true, false) => is_end(chars, day_end).then_some(day_end),
        (false, true) => Some(month_end + 1),
        (false, false) => None,
    }
}

/// `05/01/2024`, in either order of day and month.
fn year_last(chars: &[char], at: usize) -> Option<usize> {
    let (separator, second) = part(chars, at, 2, &DAYS)?;
    let (same, third) = part(chars, second, 2, &DAYS)?;
    let end = digits(chars, third, 4);
    let fits = matches!(separator, '-' | '/' | '.') && separator == same && third + 4 == end;
    (fits && is_end(chars, end) && YEARS.contains(&value(chars, third..end))).then_some(end)
}

/// `5月1日`, `5月1号`, `5月`.
fn month_and_day(chars: &[char], at: usize) -> Option<usize> {
    let (mark, day) = part(chars, at, 2, &MONTHS)?;
    let end = digits(chars, day, 2);
    match mark {
        '月' if day < end && DAYS.contains(&value(chars, day..end)) => Some(day_mark(chars, end)),
        '月' => longest(chars, day, &["底", "初", "份"]).or(Some(day)),
        _ => None,
    }
}

/// `1 May`, `1st of May 2024`.
fn day_then_month(chars: &[char], at: usize) -> Option<usize> {
    let end = digits(chars, at, 2);
    if !DAYS.contains(&value(chars, at..end)) {
        return None;
    }
    let end = longest(
        chars,
        end,
        &["st ", "nd ", "rd ", "th ", "st of ", "nd of ", "rd of ", "th of ", " "],
    )?;
    let end = longest(chars, end, &MONTH_NAMES).filter(|it| is_end(chars, *it))?;
    Some(with_year(chars, end))
}

/// `3号`, unless it counts something: `3号楼`.
fn day_of_month(chars: &[char], at: usize) -> Option<usize> {
    let (mark, end) = part(chars, at, 2, &DAYS)?;
    let counts =
        longest(chars, end, &["楼", "院", "店", "线", "门", "仓", "床", "柜", "机", "码", "电池"]);
    let named = before(chars, at).is_some_and(|it| matches!(it, '路' | '街' | '巷' | '道' | '第'));
    (mark == '号' && counts.is_none() && !named).then_some(end)
}

/// `五月一日`, `三号`.
fn spelt(chars: &[char], at: usize) -> Option<usize> {
    let numeral =
        |at: usize| chars.iter().skip(at).take(3).take_while(|it| is_numeral(**it)).count();
    let month = at + numeral(at);
    if chars.get(month) != Some(&'月') {
        return None;
    }
    let day = month + 1 + numeral(month + 1);
    match longest(chars, day, &["日", "号"]) {
        Some(end) if month + 1 < day => Some(end),
        _ => None,
    }
}

fn chinese(chars: &[char], at: usize) -> Option<usize> {
    let week = longest(chars, at, &WEEK_PREFIXES).and_then(|end| {
        let day = chars.get(end).is_some_and(|it| "一二三四五六日天末".contains(*it));
        let relative = matches!(chars[at], '上' | '下' | '本' | '这');
        if day { Some(end + 1) } else { relative.then_some(end) }
    });
    longest(chars, at, &CHINESE_WORDS).max(week)
}

fn english(chars: &[char], at: usize) -> Option<usize> {
    if let Some(end) = longest(chars, at, &MONTH_NAMES) {
        let end = longest(chars, end, &[" ", ". "])?;
        let day = digits(chars, end, 2);
        if day == end || !DAYS.contains(&value(chars, end..day)) {
            return None;
        }
        let day = longest(chars, day, &["st", "nd", "rd", "th"]).unwrap_or(day);
        return is_end(chars, day).then(|| with_year(chars, day));
    }
    let word = match longest(chars, at, &["last ", "next ", "this "]) {
        Some(start) => longest(chars, start, &WEEKDAYS).max(longest(chars, start, &SPANS)),
        None => longest(chars, at, &WEEKDAYS).max(longest(chars, at, &ENGLISH_WORDS)),
    };
    word.filter(|end| is_end(chars, *end))
}

/// The separator after a number of at most `most` digits within `range`, and what follows it.
fn part(
    chars: &[char],
    at: usize,
    most: usize,
    range: &RangeInclusive<u32>,
) -> Option<(char, usize)> {
    let end = digits(chars, at, most);
    let fits = at < end && range.contains(&value(chars, at..end));
    let separator = *chars.get(end)?;
    (fits && !separator.is_ascii_digit()).then_some((separator, end + 1))
}

fn day_mark(chars: &[char], end: usize) -> usize {
    longest(chars, end, &["日", "号"]).unwrap_or(end)
}

fn with_year(chars: &[char], end: usize) -> usize {
    let Some(start) = longest(chars, end, &[" ", ", ", ","]) else { return end };
    let year = digits(chars, start, 4);
    let fits =
        start + 4 == year && YEARS.contains(&value(chars, start..year)) && is_end(chars, year);
    if fits { year } else { end }
}

fn is_numeral(char: char) -> bool {
    "一二三四五六七八九十".contains(char)
}
