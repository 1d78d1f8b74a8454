//! Foreign events this service listens to, one file per handler; the list of them is below.

mod extend_timeline;

use std::sync::Arc;

use bus::ErasedHandler;

/// Every handler of this service.
pub(crate) fn subscriptions() -> Vec<Arc<dyn ErasedHandler>> {
    vec![Arc::new(extend_timeline::ExtendTimeline)]
}
