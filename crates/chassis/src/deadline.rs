//! The moment until which a caller waits: read from the wire, kept beside the task, sent on by the client.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;

/// The header in which gRPC carries the time a call has left.
pub const HEADER: &str = "grpc-timeout";

/// Most digits the header may have.
const MAX_DIGITS: usize = 8;

/// Largest value those digits can say.
const MAX_VALUE: u128 = 99_999_999;

tokio::task_local! {
    static DEADLINE: Instant;
}

/// Runs `work` so that [`current`] and every outgoing call inside it know the deadline.
pub async fn within<F: Future>(deadline: Instant, work: F) -> F::Output {
    DEADLINE.scope(deadline, work).await
}

/// Returns the deadline of the work this task is doing, if it has one.
pub fn current() -> Option<Instant> {
    DEADLINE.try_with(|deadline| *deadline).ok()
}

/// Returns the time left until the deadline of this task's work; zero once it has passed.
pub fn remaining() -> Option<Duration> {
    current().map(|deadline| deadline.saturating_duration_since(Instant::now()))
}

/// Reads the time a caller gave this call. A missing or malformed header is `None`.
pub fn read(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(HEADER)?.to_str().ok()?;
    let (value, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let is_well_formed = (1..=MAX_DIGITS).contains(&value.len())
        && value.bytes().all(|digit| digit.is_ascii_digit());
    if !is_well_formed {
        return None;
    }
    let value: u64 = value.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(value * 60 * 60)),
        "M" => Some(Duration::from_secs(value * 60)),
        "S" => Some(Duration::from_secs(value)),
        "m" => Some(Duration::from_millis(value)),
        "u" => Some(Duration::from_micros(value)),
        "n" => Some(Duration::from_nanos(value)),
        _ => None,
    }
}

/// Writes the time a call has left in the finest unit that fits the header.
pub fn write(left: Duration) -> HeaderValue {
    let text = if left.as_micros() <= MAX_VALUE {
        format!("{}u", left.as_micros())
    } else if left.as_millis() <= MAX_VALUE {
        format!("{}m", left.as_millis())
    } else {
        format!("{}S", u128::from(left.as_secs()).min(MAX_VALUE))
    };
    HeaderValue::from_str(&text).expect("digits and a letter are a valid header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_as_grpc_defines_it() {
        #[track_caller]
        fn check(text: &'static str, expected: Option<Duration>) {
            let headers = HeaderMap::from_iter([(
                http::HeaderName::from_static(HEADER),
                HeaderValue::from_static(text),
            )]);
            assert_eq!(read(&headers), expected, "{text}");
        }

        check("1H", Some(Duration::from_secs(3600)));
        check("2M", Some(Duration::from_secs(120)));
        check("3S", Some(Duration::from_secs(3)));
        check("250m", Some(Duration::from_millis(250)));
        check("99999999u", Some(Duration::from_micros(99_999_999)));
        check("7n", Some(Duration::from_nanos(7)));
        check("999999999m", None);
        check("m", None);
        check("", None);
        check("+5S", None);
        check("5s", None);
    }

    #[test]
    fn what_is_written_is_read_back_within_its_unit() {
        #[track_caller]
        fn check(left: Duration, expected: Duration) {
            let headers =
                HeaderMap::from_iter([(http::HeaderName::from_static(HEADER), write(left))]);
            assert_eq!(read(&headers), Some(expected));
        }

        check(Duration::from_micros(1_500), Duration::from_micros(1_500));
        check(Duration::from_secs(5), Duration::from_secs(5));
        check(Duration::from_secs(3600), Duration::from_secs(3600));
        check(Duration::from_secs(1_000_000), Duration::from_secs(1_000_000));
        check(Duration::MAX, Duration::from_secs(99_999_999));
    }
}
