//! What the environment names, and names of ours on servers that others use as well.

use std::{env, time::Duration};

use chassis::clock::Clock;
use chrono::{DateTime, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// Longest that one test may take; what is older on a shared server was left behind by a killed run.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// The PostgreSQL server that tests may make databases on.
pub(crate) fn database_url() -> Option<String> {
    env::var("DATABASE_URL").ok().filter(|it| !it.is_empty())
}

/// The Kafka cluster that tests may make topics on.
pub(crate) fn kafka_brokers() -> Option<String> {
    env::var("KAFKA_BROKERS").ok().filter(|it| !it.is_empty())
}

/// The time by the machine's clock.
pub(crate) fn now() -> DateTime<Utc> {
    Clock::system().now()
}

/// A name nobody else has, that tells its age.
pub(crate) fn unique(prefix: &str) -> String {
    let now = now();
    let seconds = u64::try_from(now.timestamp()).expect("it is after 1970");
    let born = Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos());
    format!("{prefix}{}", Uuid::new_v7(born).simple())
}

/// Whether `name` was made by [`unique`] with this prefix, longer ago than a test may take.
pub(crate) fn is_left_over(name: &str, prefix: &str, now: DateTime<Utc>) -> bool {
    let id = name.strip_prefix(prefix).and_then(|it| it.get(..32));
    let born = id.and_then(|it| Uuid::parse_str(it).ok()).and_then(|it| it.get_timestamp());
    let Some((seconds, _)) = born.map(|it| it.to_unix()) else { return false };
    let age = now.timestamp() - i64::try_from(seconds).unwrap_or(i64::MAX);
    i64::try_from(LIFETIME.as_secs()).is_ok_and(|lifetime| lifetime < age)
}

/// Runs `work` to its end on a thread and a runtime of its own, so that `drop` can wait for it
/// wherever it runs.
pub(crate) fn finish<W: Future<Output = ()> + Send + 'static>(work: W) {
    let thread = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime of one thread needs nothing").block_on(work);
    });
    // A panic in there has been printed; a second one while dropping would abort the other tests.
    let _ = thread.join();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_names_of_ours_are_left_over() {
        let name = unique("kith_test_");
        let now = super::now();
        let later = now + LIFETIME + Duration::from_secs(2);

        assert!(!is_left_over(&name, "kith_test_", now));
        assert!(is_left_over(&name, "kith_test_", later));
        assert!(is_left_over(&format!("{name}.kith.sales.v1"), "kith_test_", later));
        assert!(!is_left_over("kith_test_mine", "kith_test_", later));
        assert!(!is_left_over("customers", "kith_test_", later));
    }
}
