//! What this service hears: its own envelopes, and what messaging does with its messages.

mod accept_delivery;
mod decode_envelope;
mod record_answer;
mod record_projection;

use std::sync::Arc;

use bus::{ErasedHandler, Failure};
use chassis::malformed::Malformed;

use crate::app::App;

/// The handlers, one consumer group each.
pub(crate) fn subscriptions(app: Arc<App>) -> Vec<Arc<dyn ErasedHandler>> {
    vec![
        Arc::new(decode_envelope::DecodeEnvelope { app: app.clone() }),
        Arc::new(accept_delivery::AcceptDelivery { app }),
        Arc::new(record_projection::RecordProjection),
        Arc::new(record_answer::RecordAnswer),
    ]
}

/// An event with a field out of shape can be read by nobody.
fn malformed(problem: Malformed) -> Failure {
    Failure::reject(problem)
}
