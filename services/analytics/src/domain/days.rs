//! A range of days in UTC, both ends included.

use chassis::malformed::Malformed;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// The days that a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

impl Days {
    const MAX_DISTANCE: TimeDelta = TimeDelta::days(366);

    /// Reads a day as `2026-11-21`, the only spelling.
    pub fn day(raw: &str) -> Result<NaiveDate, Malformed> {
        const SHAPE: Malformed = Malformed("must be a day such as `2026-11-21`");
        let is_plain = |byte: u8| byte.is_ascii_digit() || byte == b'-';
        if raw.len() != 10 || !raw.bytes().all(is_plain) {
            return Err(SHAPE);
        }
        match NaiveDate::parse_from_str(raw, "%Y-%m-%d") {
            Ok(day) if day.to_string() == raw => Ok(day),
            Ok(_) | Err(_) => Err(SHAPE),
        }
    }

    /// Takes a first and a last day, at most 366 days apart.
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, Malformed> {
        if last < first {
            return Err(Malformed("must not be before `start_date`"));
        }
        if Self::MAX_DISTANCE < last - first {
            return Err(Malformed("must be at most 366 days after `start_date`"));
        }
        Ok(Self { first, last })
    }

    /// The first moment of it.
    pub fn first_moment(self) -> DateTime<Utc> {
        self.first.and_time(NaiveTime::MIN).and_utc()
    }

    /// The last moment of it: times are kept in whole microseconds.
    pub fn last_moment(self) -> DateTime<Utc> {
        let last = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999);
        self.last.and_time(last.unwrap_or(NaiveTime::MIN)).and_utc()
    }

    /// The day in UTC that a time falls on, as a column holds it.
    pub fn of(time: DateTime<Utc>) -> String {
        time.date_naive().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_spelling() {
        #[track_caller]
        fn check(raw: &str, is_day: bool) {
            assert_eq!(Days::day(raw).is_ok(), is_day, "{raw}");
        }

        check("2026-11-21", true);
        check("2028-02-29", true);
        check("2026-02-29", false);
        check("2026-13-01", false);
        check("2026-1-1", false);
        check("26-11-21", false);
        check("+2026-1-21", false);
        check("2026/11/21", false);
        check("2026-11-21T00:00:00Z", false);
        check("tomorrow!!", false);
        check("", false);
    }

    #[test]
    fn a_range_goes_forward_and_not_too_far() {
        #[track_caller]
        fn check(first: &str, last: &str, is_taken: bool) {
            let days = Days::new(Days::day(first).unwrap(), Days::day(last).unwrap());
            assert_eq!(days.is_ok(), is_taken, "{first} {last}");
        }

        check("2026-11-21", "2026-11-21", true);
        check("2026-11-21", "2026-11-20", false);
        check("2026-01-01", "2027-01-02", true);
        check("2026-01-01", "2027-01-03", false);
        check("9999-01-01", "9999-12-31", true);
    }

    #[test]
    fn a_day_begins_and_ends_in_utc() {
        let day = Days::day("2026-11-21").unwrap();
        let days = Days::new(day, day).unwrap();

        assert_eq!(days.first_moment().to_rfc3339(), "2026-11-21T00:00:00+00:00");
        assert_eq!(days.last_moment().to_rfc3339(), "2026-11-21T23:59:59.999999+00:00");
        assert_eq!(Days::of(days.first_moment()), "2026-11-21");
        assert_eq!(Days::of(days.last_moment()), "2026-11-21");
    }
}
