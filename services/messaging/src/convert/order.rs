//! Orders as sales tells them.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use proto::sales::v1 as sales;

use super::{optional, time};
use crate::domain::{Order, ids::ContactId, order::OrderState};

/// Reads an order. One without a state or a number says nothing a customer could be told: `None`.
pub fn order(order: &sales::Order) -> Option<Order> {
    let state = match order.state() {
        sales::order::State::Unspecified => return None,
        sales::order::State::Placed => OrderState::Placed,
        sales::order::State::Paid => OrderState::Paid,
        sales::order::State::Shipped => OrderState::Shipped,
        sales::order::State::Delivered => OrderState::Delivered,
        sales::order::State::Cancelled => OrderState::Cancelled,
        sales::order::State::Refunded => OrderState::Refunded,
    };
    if order.number.is_empty() {
        return None;
    }
    Some(Order {
        number: order.number.clone(),
        contact: optional(&order.contact, ContactId::parse).ok().flatten(),
        state,
        carrier: filled(&order.carrier),
        tracking_number: filled(&order.tracking_number),
        place_time: known(order.place_time.as_ref()),
        pay_time: known(order.pay_time.as_ref()),
        ship_time: known(order.ship_time.as_ref()),
        deliver_time: known(order.deliver_time.as_ref()),
        close_time: known(order.close_time.as_ref()),
    })
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim()).filter(|it| !it.is_empty()).map(str::to_owned)
}

fn known(timestamp: Option<&Timestamp>) -> Option<DateTime<Utc>> {
    timestamp.and_then(|it| time(it).ok())
}
