//! Events that tell whose an order is, one file per handler; the list of them is below.
//!
//! An order whose buyer is known by the key of a channel identity is linked to the contact that has this identity,
//! whichever of the two came first. Two handlers see to it, and together they leave no gap:
//!
//! - `sales.link-placed-order` hears of an order that was placed, and asks the customer service who has the key;
//! - `sales.link-earlier-orders` hears of an identity that was linked, and looks for orders with its key.
//!
//! Say the order was committed at O, the identity at I, and the first handler asked at A. It heard of the order, so O
//! is before A. If I is before A, the answer names the contact, and the first handler links the order. If A is before
//! I, then O is before I, and whoever hears of the identity finds the order there: the second handler links it. Both
//! may do so; the order's row lock lets one of them see what the other did, and then it does nothing.
//!
//! The spelling of a key is the same in both services, or neither would find what the other has.

mod link_earlier_orders;
mod link_placed_order;
mod peers;

use std::sync::Arc;

use bus::{ErasedHandler, Failure};
use chassis::command::CommandError;

use crate::{app::App, error::Error};

pub(crate) use peers::Peers;

/// Every handler of this service.
pub(crate) fn subscriptions(app: &App, peers: &Peers) -> Vec<Arc<dyn ErasedHandler>> {
    let (app, peers) = (|| app.clone(), || peers.clone());
    vec![
        Arc::new(link_placed_order::LinkPlacedOrder { app: app(), peers: peers() }),
        Arc::new(link_earlier_orders::LinkEarlierOrders { app: app(), peers: peers() }),
    ]
}

/// A database that is away is an outage, and so is an order that somebody changed in between.
fn failure(error: Error) -> Failure {
    match error {
        Error::Db(failure) | Error::Command(CommandError::Db(failure)) => failure.into(),
        error @ (Error::OrderChanged(_) | Error::ProductChanged(_)) => Failure::retry(error),
        error @ (Error::InvalidField { .. }
        | Error::ProductNotFound(_)
        | Error::OrderNotFound(_)
        | Error::NoOrderOf(_)
        | Error::SkuTaken
        | Error::OrderNumberTaken
        | Error::OrderMoveIllegal { .. }
        | Error::OrderLinked(_)
        | Error::AmountDiffers(_)
        | Error::UnknownPath(_)
        | Error::BadPage(_)
        | Error::BadFilter(_)
        | Error::Command(CommandError::Reused)) => Failure::fail(error),
    }
}
