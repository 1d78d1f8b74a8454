//! What happened: facts in the past tense, each with the aggregate's state after it.

use chrono::{DateTime, Utc};

use super::{Money, Order, Product};

/// What happened to a product or an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A product was created.
    ProductCreated {
        /// The product after it.
        product: Product,
    },
    /// Fields of a product changed.
    ProductUpdated {
        /// The product after it.
        product: Product,
        /// Which fields.
        changed_fields: Vec<&'static str>,
    },
    /// A product was deleted.
    ProductDeleted {
        /// The product after it.
        product: Product,
    },
    /// An order was placed.
    OrderPlaced {
        /// The order after it.
        order: Order,
    },
    /// An order was paid.
    OrderPaid {
        /// The order after it.
        order: Order,
    },
    /// An order was shipped.
    OrderShipped {
        /// The order after it.
        order: Order,
    },
    /// An order arrived.
    OrderDelivered {
        /// The order after it.
        order: Order,
    },
    /// An order was called off.
    OrderCancelled {
        /// The order after it.
        order: Order,
        /// What was paid for it; `None` if it never was.
        paid_back: Option<Money>,
    },
    /// What was paid for an order was paid back.
    OrderRefunded {
        /// The order after it.
        order: Order,
        /// What was paid for it.
        paid_back: Money,
    },
    /// An order's note changed.
    OrderAmended {
        /// The order after it.
        order: Order,
    },
    /// The buyer of an order became known.
    OrderLinked {
        /// The order after it.
        order: Order,
    },
}

/// The place of an event in the life of its aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurred {
    /// Resource name of the aggregate.
    pub aggregate: String,
    /// Its version after the event.
    pub version: u64,
    /// When it happened.
    pub time: DateTime<Utc>,
}

impl Event {
    /// Returns whose event it is and which one.
    pub fn occurred(&self) -> Occurred {
        match self {
            Self::ProductCreated { product }
            | Self::ProductUpdated { product, .. }
            | Self::ProductDeleted { product } => Occurred {
                aggregate: product.id.to_string(),
                version: product.version,
                time: product.update_time,
            },
            Self::OrderPlaced { order }
            | Self::OrderPaid { order }
            | Self::OrderShipped { order }
            | Self::OrderDelivered { order }
            | Self::OrderCancelled { order, .. }
            | Self::OrderRefunded { order, .. }
            | Self::OrderAmended { order }
            | Self::OrderLinked { order } => Occurred {
                aggregate: order.id.to_string(),
                version: order.version,
                time: order.update_time,
            },
        }
    }
}
