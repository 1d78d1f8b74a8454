//! One trace from the webhook to the reply and the numbers, joined by calls and by links.

use chassis::telemetry::{self, FinishedSpan};
use testkit::eventually;

use crate::world::{World, new_msg_id, spans};

#[tokio::test]
async fn one_trace_joins_webhook_analysis_reply_delivery_and_projection() {
    let world = World::start().await;
    world.order("oTraced").await;
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let traceparent = format!("00-{trace_id}-00f067aa0ba902b7-01");

    world.deliver("oTraced", new_msg_id(), "请帮我查询订单状态", Some(&traceparent)).await;

    world.messages("oTraced", 2).await;
    // A service and a part of a span's name: what each step of the journey leaves behind.
    let steps = [
        ("social-ingest", "/webhooks/wechat/"),
        ("social-ingest", "analyze"),
        ("social-ingest", "process kith.social.v1"),
        ("customer", "IdentityService/UpsertContactByIdentity"),
        ("sales", "OrderService/GetLatestOrder"),
        ("messaging", "process kith.messaging.v1"),
        ("social-ingest", "process kith.messaging.v1"),
        ("analytics", "process kith.messaging.v1"),
        ("analytics", "process kith.social.v1"),
    ];
    let journey = eventually("every step is in the trace", async || {
        let journey = spans().related(trace_id);
        let missing = steps.iter().any(|step| !journey.iter().any(|span| is(span, step)));
        let is_delivered = journey.iter().any(|span| {
            span.service.as_deref() == Some("social-ingest")
                && span.kind == "client"
                && span.name.to_lowercase().contains("send")
        });
        (!missing && is_delivered).then_some(journey)
    })
    .await;

    let drawn = telemetry::render(&journey);
    assert_eq!(telemetry::tree(&journey).len(), 1, "{drawn}");
    assert!(!drawn.contains("oTraced") && !drawn.contains("订单"), "{drawn}");
}

fn is(span: &FinishedSpan, (service, name): &(&str, &str)) -> bool {
    span.service.as_deref() == Some(service) && span.name.contains(name)
}
