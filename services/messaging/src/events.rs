//! What this service does when it hears of something, one file per handler; the list of them is below.

mod answer_message;
mod append_inbound;
mod notify_order;
mod peers;
mod record_delivery;
mod steps;

use std::sync::Arc;

use bus::{ErasedHandler, Failure};

use crate::{app::App, error::Error};

pub(crate) use peers::Peers;

/// Every handler of this service.
pub(crate) fn subscriptions(app: &App, peers: &Peers) -> Vec<Arc<dyn ErasedHandler>> {
    let (app, peers) = (|| app.clone(), || peers.clone());
    vec![
        Arc::new(append_inbound::AppendInbound { app: app(), peers: peers() }),
        Arc::new(answer_message::AnswerMessage { app: app(), peers: peers() }),
        Arc::new(record_delivery::RecordDelivery { app: app() }),
        Arc::new(notify_order::NotifyOrder { app: app(), peers: peers() }),
    ]
}

/// A database that is away is an outage; everything else is a failure of this event.
fn failure(error: Error) -> Failure {
    match error {
        Error::Db(cause) => cause.into(),
        other => Failure::fail(other),
    }
}
