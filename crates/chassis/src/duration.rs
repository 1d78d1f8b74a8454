//! Durations as people write them in settings: `250ms`, `5s`, `2m`, `1h`.

use std::time::Duration;

/// Longest duration that makes sense as a setting, and far from where clocks overflow.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// Reads a duration such as `250ms`, `5s`, `2m` or `1h`; fails with a sentence for the command line.
pub fn parse(raw: &str) -> Result<Duration, String> {
    let raw = raw.trim();
    let digits = raw.find(|it: char| !it.is_ascii_digit()).unwrap_or(raw.len());
    let (count, unit) = raw.split_at(digits);
    let Ok(count) = count.parse::<u64>() else {
        return Err(format!("`{raw}` must be a whole number and a unit, for example `5s`"));
    };
    let milliseconds_each = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60 * 1_000,
        "h" => 60 * 60 * 1_000,
        _ => return Err(format!("`{raw}` must end in `ms`, `s`, `m` or `h`")),
    };
    match count.checked_mul(milliseconds_each).map(Duration::from_millis) {
        Some(duration) if duration <= LONGEST => Ok(duration),
        Some(_) | None => Err(format!("`{raw}` is too long")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        #[track_caller]
        fn check(raw: &str, expected: Option<Duration>) {
            assert_eq!(parse(raw).ok(), expected, "{raw}");
        }

        check("250ms", Some(Duration::from_millis(250)));
        check(" 5s ", Some(Duration::from_secs(5)));
        check("2m", Some(Duration::from_secs(120)));
        check("1h", Some(Duration::from_secs(3600)));
        check("5", None);
        check("s", None);
        check("-1s", None);
        check("18446744073709551615h", None);
        check("5 s", None);
        check("1000000h", None);
    }
}
