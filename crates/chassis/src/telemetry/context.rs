//! Trace context as W3C `traceparent` text: out of the current span, into a new one as parent or link.

use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator},
    trace::{SpanContext, TraceContextExt, TraceFlags},
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header, and the stored field, that names a span to others.
pub const TRACEPARENT: &str = "traceparent";

/// Length of a version 0 `traceparent`; anything longer is not read.
const TRACEPARENT_LEN: usize = 55;

/// Returns the `traceparent` of the current span, or `None` outside any recorded trace.
pub fn current_traceparent() -> Option<String> {
    traceparent(&Span::current())
}

/// Returns the `traceparent` of `span`, or `None` if telemetry does not record it.
pub fn traceparent(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span();
    let named = span.span_context();
    named.is_valid().then(|| {
        let flags = (named.trace_flags() & TraceFlags::SAMPLED).to_u8();
        format!("00-{}-{}-{flags:02x}", named.trace_id(), named.span_id())
    })
}

/// Returns the trace id of the current span as 32 hexadecimal digits.
pub fn current_trace_id() -> Option<String> {
    current_traceparent().map(|it| it[3..35].to_owned())
}

/// Makes the span named by `traceparent` the parent of `span`, which must not have been entered yet.
///
/// A malformed `traceparent` is ignored, as W3C asks: `span` then starts a trace of its own.
pub fn set_parent(span: &Span, traceparent: &str) {
    if let Some(parent) = parse(traceparent) {
        // Fails only when telemetry is off or the span is filtered: then there is nothing to connect.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// Links `span` to the span named by `traceparent`: caused by it, but not part of its call.
///
/// A malformed `traceparent` is ignored.
pub fn link_to(span: &Span, traceparent: &str) {
    if let Some(cause) = parse(traceparent) {
        span.add_link(cause);
    }
}

fn parse(traceparent: &str) -> Option<SpanContext> {
    if traceparent.len() != TRACEPARENT_LEN {
        return None;
    }
    let context =
        TraceContextPropagator::new().extract_with_context(&Context::new(), &OneField(traceparent));
    let named = context.span().span_context().clone();
    named.is_valid().then_some(named)
}

struct OneField<'a>(&'a str);

impl Extractor for OneField<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == TRACEPARENT).then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_traceparent_is_read() {
        #[track_caller]
        fn check(text: &str, is_read: bool) {
            assert_eq!(parse(text).is_some(), is_read, "{text}");
        }

        check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true);
        check("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false);
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false);
        check("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false);
        check("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false);
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", false);
        check("", false);
    }
}
