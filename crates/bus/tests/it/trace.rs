//! The trace context of a command reaches its effect by a link, over the outbox, the log and the inbox.

use chassis::telemetry::{self, SpanStore, TelemetryArgs, context};
use tracing::Instrument;

use crate::{handlers::Recorder, stack::Stack};

#[tokio::test]
async fn an_effect_is_linked_to_the_command_that_caused_it() {
    let store = SpanStore::default();
    let args = TelemetryArgs::default();
    let (_telemetry, dispatch) = telemetry::detached("test", &args, Some(store.clone())).unwrap();
    // With one subscriber alone, `tracing` asks other tests' threads, which have none, about it.
    let _second = telemetry::detached("test", &args, None).unwrap();
    let _here = tracing::dispatcher::set_default(&dispatch);
    let stack = Stack::start().await;
    let recorder = Recorder::new("test.record");
    let command = tracing::info_span!("command");
    let cause = context::traceparent(&command).unwrap();
    async { stack.commit(&[stack.note("notes/1", 1)]).await }.instrument(command).await;

    bus::relay::drain(&stack.db, &stack.log).await.unwrap();
    stack.hear(&recorder.erased()).await;

    let record = &stack.records(crate::stack::TOPIC).await[0].record;
    assert_eq!(record.header("traceparent").unwrap(), &cause);
    for (name, kind) in [("send kith.test.v1", "producer"), ("process kith.test.v1", "consumer")] {
        let span = store.find(|span| span.name == name).unwrap();
        assert_eq!((span.kind, span.parent_span_id.as_deref()), (kind, None));
        assert_ne!(span.trace_id, cause[3..35]);
        assert_eq!(span.links.len(), 1);
        assert_eq!(span.links[0].trace_id, cause[3..35]);
        assert_eq!(span.links[0].span_id, cause[36..52]);
    }
    let process = store.find(|span| span.name == "process kith.test.v1").unwrap();
    assert_eq!(process.service.as_deref(), Some("test"));
    let has = |name: &str, value: &str| {
        process.attributes.iter().any(|(other, it)| other == name && it == value)
    };
    assert!(has("messaging.consumer.group.name", "test.record"));
    assert!(has("messaging.destination.name", "kith.test.v1"));
    assert!(has("kith.event.outcome", "applied"));
}
