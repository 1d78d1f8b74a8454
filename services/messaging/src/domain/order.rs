//! The order as messaging needs to know it: what a customer can be told.

use chrono::{DateTime, Utc};

use super::ids::ContactId;

/// How far an order got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// Ordered, not paid.
    Placed,
    /// Paid, not shipped.
    Paid,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Called off.
    Cancelled,
    /// Paid back.
    Refunded,
}

/// An order of a contact, as sales tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The number customers quote.
    pub number: String,
    /// The buyer, if known.
    pub contact: Option<ContactId>,
    /// How far it got.
    pub state: OrderState,
    /// Who carries it.
    pub carrier: Option<String>,
    /// The carrier's number for it.
    pub tracking_number: Option<String>,
    /// When it was placed.
    pub place_time: Option<DateTime<Utc>>,
    /// When it was paid.
    pub pay_time: Option<DateTime<Utc>>,
    /// When it was shipped.
    pub ship_time: Option<DateTime<Utc>>,
    /// When it arrived.
    pub deliver_time: Option<DateTime<Utc>>,
    /// When it was cancelled or refunded.
    pub close_time: Option<DateTime<Utc>>,
}

/// What a customer who agreed to it is told about an order without having asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderNews {
    /// Its payment came in.
    Paid,
    /// It is on its way.
    Shipped,
}
