//! The latest finished spans of this process, in memory: what `kith trace` reads.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use opentelemetry::{
    Context, SpanId, TraceId,
    trace::{SpanKind, Status},
};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};
use serde::Serialize;

use super::names;

/// Spans kept unless told otherwise: minutes of a busy laptop, some tens of megabytes.
const CAPACITY: usize = 20_000;

/// Most spans a journey is made of; one that is larger is cut.
const MAX_JOURNEY: usize = 5_000;

/// A finished span as plain values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FinishedSpan {
    /// The trace it belongs to, as 32 hexadecimal digits.
    pub trace_id: String,
    /// Its own id, as 16 hexadecimal digits.
    pub span_id: String,
    /// The span that called it; `None` for the first span of a trace.
    pub parent_span_id: Option<String>,
    /// The spans that caused it without calling it.
    pub links: Vec<SpanLink>,
    /// What was done, for example `kith.customer.v1.ContactService/CreateContact`.
    pub name: String,
    /// Whether it answered, called, sent, processed or worked inside: `server`, `client`, ….
    pub kind: &'static str,
    /// Which service of the process did it.
    pub service: Option<String>,
    /// When it began, in microseconds since 1970.
    pub start_us: u64,
    /// How long it took, in microseconds.
    pub duration_us: u64,
    /// Whether it failed.
    pub is_error: bool,
    /// How it failed, if it said so.
    pub status_description: Option<String>,
    /// Its attributes, in the order they were set.
    pub attributes: Vec<(String, String)>,
}

/// Names a span of another trace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SpanLink {
    /// The trace of the linked span.
    pub trace_id: String,
    /// The linked span.
    pub span_id: String,
}

/// A ring of the latest finished spans. Clones share it.
#[derive(Clone, Debug)]
pub struct SpanStore {
    ring: Arc<Mutex<Ring>>,
}

#[derive(Debug)]
struct Ring {
    capacity: usize,
    spans: VecDeque<SpanData>,
    /// Number of the oldest span still kept; the others follow in order.
    first: u64,
    by_trace: HashMap<TraceId, VecDeque<u64>>,
    /// Which spans link into a trace, so that links can be followed from cause to effect.
    into_trace: HashMap<TraceId, VecDeque<u64>>,
}

impl Default for SpanStore {
    fn default() -> Self {
        Self::new(CAPACITY)
    }
}

impl SpanStore {
    /// Creates a store that keeps the latest `capacity` spans.
    pub fn new(capacity: usize) -> Self {
        let ring = Ring {
            capacity: capacity.max(1),
            spans: VecDeque::new(),
            first: 0,
            by_trace: HashMap::new(),
            into_trace: HashMap::new(),
        };
        Self { ring: Arc::new(Mutex::new(ring)) }
    }

    /// Returns the spans of one trace, earliest first; none if the id is unknown or malformed.
    pub fn trace(&self, trace_id: &str) -> Vec<FinishedSpan> {
        let Ok(trace_id) = TraceId::from_hex(trace_id) else {
            return Vec::new();
        };
        let ring = self.ring();
        let found = ring.of_trace(trace_id).map(plain).collect();
        earliest_first(found)
    }

    /// Returns the journey a trace is part of: its spans and those of every trace linked with it, either way.
    ///
    /// A span with several links belongs to several journeys: it is shown in each, and joins none.
    pub fn related(&self, trace_id: &str) -> Vec<FinishedSpan> {
        let Ok(trace_id) = TraceId::from_hex(trace_id) else {
            return Vec::new();
        };
        let ring = self.ring();
        let found = ring.journey(trace_id).into_iter().map(plain).collect();
        earliest_first(found)
    }

    /// Returns the newest span that `wanted` accepts.
    pub fn find(&self, wanted: impl Fn(&FinishedSpan) -> bool) -> Option<FinishedSpan> {
        let ring = self.ring();
        ring.spans.iter().rev().map(plain).find(wanted)
    }

    /// Returns the latest first spans of traces, newest first: what there is to look at.
    pub fn latest_roots(&self, limit: usize) -> Vec<FinishedSpan> {
        let ring = self.ring();
        let roots = ring.spans.iter().rev().filter(|span| span.parent_span_id == SpanId::INVALID);
        roots.take(limit).map(plain).collect()
    }

    /// Adds a finished span and forgets the oldest one if there is no room.
    pub(super) fn add(&self, span: SpanData) {
        self.ring().add(span);
    }

    /// No code panics while it holds the lock, and a ring is usable after any of its steps.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpanProcessor for SpanStore {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        self.add(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl Ring {
    fn add(&mut self, span: SpanData) {
        if self.capacity <= self.spans.len() {
            self.forget_oldest();
        }
        let number = self.first + self.spans.len() as u64;
        self.by_trace.entry(span.span_context.trace_id()).or_default().push_back(number);
        for target in linked_traces(&span) {
            self.into_trace.entry(target).or_default().push_back(number);
        }
        self.spans.push_back(span);
    }

    /// The oldest span is the first of every index it is in, for numbers only grow.
    fn forget_oldest(&mut self) {
        let Some(span) = self.spans.pop_front() else {
            return;
        };
        drop_first(&mut self.by_trace, span.span_context.trace_id());
        for target in linked_traces(&span) {
            drop_first(&mut self.into_trace, target);
        }
        self.first += 1;
    }

    fn get(&self, number: u64) -> Option<&SpanData> {
        let position = number.checked_sub(self.first)?;
        self.spans.get(usize::try_from(position).ok()?)
    }

    fn of_trace(&self, trace_id: TraceId) -> impl Iterator<Item = &SpanData> {
        self.by_trace.get(&trace_id).into_iter().flatten().filter_map(|it| self.get(*it))
    }

    fn linking_into(&self, trace_id: TraceId) -> impl Iterator<Item = &SpanData> {
        self.into_trace.get(&trace_id).into_iter().flatten().filter_map(|it| self.get(*it))
    }

    fn journey(&self, start: TraceId) -> Vec<&SpanData> {
        let mut journey = Vec::new();
        let mut taken = HashSet::new();
        let mut known = HashSet::from([start]);
        let mut next = VecDeque::from([start]);
        while let Some(trace_id) = next.pop_front() {
            for span in self.of_trace(trace_id).chain(self.linking_into(trace_id)) {
                if MAX_JOURNEY <= journey.len() {
                    return journey;
                }
                if taken.insert(span.span_context.span_id()) {
                    journey.push(span);
                }
                let joins = linked_traces(span).len() <= 1;
                let neighbours =
                    linked_traces(span).into_iter().chain([span.span_context.trace_id()]);
                next.extend(neighbours.filter(|it| joins && known.insert(*it)));
            }
        }
        journey
    }
}

/// The traces a span links to, each once.
fn linked_traces(span: &SpanData) -> HashSet<TraceId> {
    span.links.iter().map(|link| link.span_context.trace_id()).collect()
}

fn drop_first(index: &mut HashMap<TraceId, VecDeque<u64>>, trace_id: TraceId) {
    if let Some(numbers) = index.get_mut(&trace_id) {
        numbers.pop_front();
        if numbers.is_empty() {
            index.remove(&trace_id);
        }
    }
}

fn earliest_first(mut spans: Vec<FinishedSpan>) -> Vec<FinishedSpan> {
    spans.sort_by(|a, b| (a.start_us, &a.span_id).cmp(&(b.start_us, &b.span_id)));
    spans
}

fn plain(span: &SpanData) -> FinishedSpan {
    let took = span.end_time.duration_since(span.start_time).unwrap_or_default();
    let attributes: Vec<(String, String)> = span
        .attributes
        .iter()
        .map(|it| (it.key.as_str().to_owned(), it.value.as_str().into_owned()))
        .collect();
    let service = attributes.iter().find(|(key, _)| key == names::KITH_SERVICE);
    let (is_error, status_description) = match &span.status {
        Status::Error { description } if description.is_empty() => (true, None),
        Status::Error { description } => (true, Some(description.to_string())),
        Status::Ok | Status::Unset => (false, None),
    };
    FinishedSpan {
        trace_id: span.span_context.trace_id().to_string(),
        span_id: span.span_context.span_id().to_string(),
        parent_span_id: (span.parent_span_id != SpanId::INVALID)
            .then(|| span.parent_span_id.to_string()),
        links: span
            .links
            .iter()
            .map(|link| SpanLink {
                trace_id: link.span_context.trace_id().to_string(),
                span_id: link.span_context.span_id().to_string(),
            })
            .collect(),
        name: span.name.to_string(),
        kind: kind(&span.span_kind),
        service: service.map(|(_, name)| name.clone()),
        start_us: micros(
            span.start_time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default(),
        ),
        duration_us: micros(took),
        is_error,
        status_description,
        attributes,
    }
}

fn kind(kind: &SpanKind) -> &'static str {
    match kind {
        SpanKind::Client => "client",
        SpanKind::Server => "server",
        SpanKind::Producer => "producer",
        SpanKind::Consumer => "consumer",
        SpanKind::Internal => "internal",
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
