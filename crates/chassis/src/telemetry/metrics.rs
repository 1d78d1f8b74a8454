//! Every metric of the platform, declared once; an instrument made before telemetry starts records nothing.

use std::sync::LazyLock;

use opentelemetry::{
    global,
    metrics::{Counter, Gauge, Histogram},
};

/// Bounds of the buckets of a duration in seconds, as the conventions for RPC advise.
const SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The instruments of this process.
#[derive(Debug)]
pub struct Metrics {
    /// Time from the arrival of a call to the end of its answer.
    pub rpc_server_duration: Histogram<f64>,
    /// Time from the start of a call, retries included, to the end of its answer.
    pub rpc_client_duration: Histogram<f64>,
    /// Calls a client sent again.
    pub client_retries: Counter<u64>,
    /// Retries a client did not make because its budget was spent.
    pub client_retries_refused: Counter<u64>,
    /// Requests a server may work on at once, as adapted.
    pub admission_limit: Gauge<u64>,
    /// Requests a server refused because it was at that limit.
    pub admission_shed: Counter<u64>,
    /// Events committed but not yet published.
    pub outbox_depth: Gauge<u64>,
    /// Age of the oldest event not yet published.
    pub outbox_oldest_age: Gauge<f64>,
    /// Time from the commit of an event to the log's acknowledgement.
    pub outbox_publish_duration: Histogram<f64>,
    /// Age of the newest event a handler has finished, that is how far it is behind.
    pub consumer_lag: Gauge<f64>,
    /// Time a handler takes for one event.
    pub consumer_process_duration: Histogram<f64>,
    /// Deliveries a handler had already seen.
    pub consumer_duplicates: Counter<u64>,
    /// Keys whose events wait for a person.
    pub consumer_parked_keys: Gauge<u64>,
    /// Events put aside because they cannot be decoded.
    pub consumer_dead_letters: Counter<u64>,
}

/// Returns the instruments of this process. Telemetry must have started before the first call.
pub fn metrics() -> &'static Metrics {
    static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::declare);
    &METRICS
}

impl Metrics {
    fn declare() -> Self {
        Self {
            rpc_server_duration: seconds("rpc.server.duration", "Duration of inbound calls"),
            rpc_client_duration: seconds("rpc.client.duration", "Duration of outbound calls"),
            client_retries: count("kith.client.retries", "Calls sent again"),
            client_retries_refused: count(
                "kith.client.retries_refused",
                "Retries not made because the budget was spent",
            ),
            admission_limit: level("kith.admission.limit", "Requests admitted at once"),
            admission_shed: count("kith.admission.shed", "Requests refused at the limit"),
            outbox_depth: level("kith.outbox.depth", "Events committed but not yet published"),
            outbox_oldest_age: age("kith.outbox.oldest_age", "Age of the oldest such event"),
            outbox_publish_duration: seconds(
                "kith.outbox.publish_duration",
                "Time from commit to the log's acknowledgement",
            ),
            consumer_lag: age("kith.consumer.lag", "How far a handler is behind"),
            consumer_process_duration: seconds(
                "kith.consumer.process_duration",
                "Time a handler takes for one event",
            ),
            consumer_duplicates: count("kith.consumer.duplicates", "Deliveries already seen"),
            consumer_parked_keys: level("kith.consumer.parked_keys", "Keys waiting for a person"),
            consumer_dead_letters: count("kith.consumer.dead_letters", "Undecodable events"),
        }
    }
}

fn seconds(name: &'static str, description: &'static str) -> Histogram<f64> {
    global::meter("kith")
        .f64_histogram(name)
        .with_unit("s")
        .with_description(description)
        .with_boundaries(SECONDS.to_vec())
        .build()
}

fn age(name: &'static str, description: &'static str) -> Gauge<f64> {
    global::meter("kith").f64_gauge(name).with_unit("s").with_description(description).build()
}

fn level(name: &'static str, description: &'static str) -> Gauge<u64> {
    global::meter("kith").u64_gauge(name).with_description(description).build()
}

fn count(name: &'static str, description: &'static str) -> Counter<u64> {
    global::meter("kith").u64_counter(name).with_description(description).build()
}
