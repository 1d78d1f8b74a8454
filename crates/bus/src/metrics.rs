//! The measure that only the bus takes; the others are declared in `chassis::telemetry::metrics`.

use std::sync::LazyLock;

use chassis::telemetry::names;
use opentelemetry::{KeyValue, global, metrics::Counter};

static VERSION_GAPS: LazyLock<Counter<u64>> = LazyLock::new(|| {
    global::meter("kith")
        .u64_counter("kith.consumer.version_gaps")
        .with_description("Versions of an aggregate that were skipped")
        .build()
});

/// Counts a version of an aggregate that came too early.
pub(crate) fn version_gaps(group: &str) {
    VERSION_GAPS.add(1, &[KeyValue::new(names::MESSAGING_CONSUMER_GROUP_NAME, group.to_owned())]);
}
