//! The order: placed, moved along, amended and linked, each with the event that says so.

mod state;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chassis::malformed::Malformed;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use state::Move;
pub use state::State;

use super::{
    Code, ContactId, Event, IdentityKey, LineDraft, LineItem, Money, OrderId, Product, ProductId,
    Text,
};
use crate::error::{Error, Result};

/// What a caller says of a new order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDraft {
    /// The number customers quote; `None` to be given one.
    pub number: Option<Code>,
    /// The buyer, if known.
    pub contact: Option<ContactId>,
    /// The buyer as the shop knows them.
    pub buyer: Option<IdentityKey>,
    /// What was bought.
    pub line_items: Vec<LineDraft>,
    /// Free note for agents.
    pub note: Text,
    /// When it was placed; `None` for now.
    pub place_time: Option<DateTime<Utc>>,
}

/// How an order is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shipment {
    /// Who carries it.
    pub carrier: Text,
    /// The carrier's number for it.
    pub tracking_number: Text,
}

/// What a list of orders is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// Of this contact.
    pub contact: Option<ContactId>,
    /// In this state.
    pub state: Option<State>,
    /// With this number.
    pub number: Option<String>,
}

/// What a customer bought, and how far it got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its name.
    pub id: OrderId,
    /// The number customers quote; unique in the tenant.
    pub number: Code,
    /// The buyer, if known.
    pub contact: Option<ContactId>,
    /// The buyer as the shop knows them.
    pub buyer: Option<IdentityKey>,
    /// What was bought, in one currency.
    pub line_items: Vec<LineItem>,
    /// Sum of the lines.
    pub total: Money,
    /// How far it got.
    pub state: State,
    /// The payment's reference at its provider.
    pub payment_reference: Text,
    /// How it was sent.
    pub carrier: Text,
    /// The carrier's number for it.
    pub tracking_number: Text,
    /// Free note for agents.
    pub note: Text,
    /// Why it was cancelled or refunded.
    pub close_reason: Text,
    /// When it was placed.
    pub place_time: DateTime<Utc>,
    /// When it was paid.
    pub pay_time: Option<DateTime<Utc>>,
    /// When it was shipped.
    pub ship_time: Option<DateTime<Utc>>,
    /// When it arrived.
    pub deliver_time: Option<DateTime<Utc>>,
    /// When it was cancelled or refunded.
    pub close_time: Option<DateTime<Utc>>,
    /// Counts its events, from 1.
    pub version: u64,
    /// When it was stored here.
    pub create_time: DateTime<Utc>,
    /// When it last changed.
    pub update_time: DateTime<Utc>,
}

/// The order after a decision, and what happened.
pub type Change = (Order, Event);

impl OrderDraft {
    /// The products its lines name, each once.
    pub fn products(&self) -> Vec<ProductId> {
        let mut products: Vec<_> = self.line_items.iter().filter_map(|it| it.product).collect();
        products.sort_unstable();
        products.dedup();
        products
    }
}

impl Order {
    /// Places an order under `number`, its lines filled in from `products`.
    ///
    /// Refuses a time to come, a line that neither says nor has a product that says its title and price, two
    /// currencies, and a total beyond counting; [`Error::ProductNotFound`] for a product not among `products`.
    pub fn place(
        draft: OrderDraft,
        number: Code,
        products: &HashMap<ProductId, Product>,
        now: DateTime<Utc>,
    ) -> Result<Change> {
        let place_time = draft.place_time.unwrap_or(now);
        if now < place_time {
            return Err(Error::invalid("order.place_time", Malformed("must not be in the future")));
        }
        let bad_lines = |problem| Error::invalid("order.line_items", problem);
        let mut line_items = Vec::with_capacity(draft.line_items.len());
        for line in draft.line_items {
            let product = match line.product {
                None => None,
                Some(id) => Some(products.get(&id).ok_or(Error::ProductNotFound(id))?),
            };
            line_items.push(line.complete(product).map_err(bad_lines)?);
        }
        let total = Money::sum(line_items.iter().map(LineItem::amount)).map_err(bad_lines)?;
        let order = Self {
            id: OrderId::new(now),
            number,
            contact: draft.contact,
            buyer: draft.buyer,
            line_items,
            total,
            state: State::Placed,
            payment_reference: Text::default(),
            carrier: Text::default(),
            tracking_number: Text::default(),
            note: draft.note,
            close_reason: Text::default(),
            place_time,
            pay_time: None,
            ship_time: None,
            deliver_time: None,
            close_time: None,
            version: 1,
            create_time: now,
            update_time: now,
        };
        Ok((order.clone(), Event::OrderPlaced { order }))
    }

    /// Records its payment; [`Error::AmountDiffers`] for another amount than the total.
    pub fn pay(self, amount: &Money, reference: Text, now: DateTime<Utc>) -> Result<Change> {
        let moved = self.moved(Move::Pay, now)?;
        if *amount != moved.total {
            return Err(Error::AmountDiffers(moved.id));
        }
        let order = Self { payment_reference: reference, pay_time: Some(now), ..moved };
        Ok((order.clone(), Event::OrderPaid { order }))
    }

    /// Records its shipment.
    pub fn ship(self, shipment: Shipment, now: DateTime<Utc>) -> Result<Change> {
        let Shipment { carrier, tracking_number } = shipment;
        let moved = self.moved(Move::Ship, now)?;
        let order = Self { carrier, tracking_number, ship_time: Some(now), ..moved };
        Ok((order.clone(), Event::OrderShipped { order }))
    }

    /// Records its arrival.
    pub fn deliver(self, now: DateTime<Utc>) -> Result<Change> {
        let order = Self { deliver_time: Some(now), ..self.moved(Move::Deliver, now)? };
        Ok((order.clone(), Event::OrderDelivered { order }))
    }

    /// Calls it off. What was paid for it, if it was, is paid back.
    pub fn cancel(self, reason: Text, now: DateTime<Utc>) -> Result<Change> {
        let moved = self.moved(Move::Cancel, now)?;
        let paid_back = moved.pay_time.map(|_| moved.total.clone());
        let order = Self { close_reason: reason, close_time: Some(now), ..moved };
        Ok((order.clone(), Event::OrderCancelled { order, paid_back }))
    }

    /// Records that what was paid for it was paid back.
    pub fn refund(self, reason: Text, now: DateTime<Utc>) -> Result<Change> {
        let moved = self.moved(Move::Refund, now)?;
        let paid_back = moved.total.clone();
        let order = Self { close_reason: reason, close_time: Some(now), ..moved };
        Ok((order.clone(), Event::OrderRefunded { order, paid_back }))
    }

    /// Replaces its note; `None` if that changes nothing.
    pub fn amend(self, note: Text, now: DateTime<Utc>) -> Option<Change> {
        if self.note == note {
            return None;
        }
        let order = Self { note, ..self.next(now) };
        Some((order.clone(), Event::OrderAmended { order }))
    }

    /// Links it to its buyer; `None` if it is linked to them, [`Error::OrderLinked`] if to somebody else.
    pub fn link(self, contact: ContactId, now: DateTime<Utc>) -> Result<Option<Change>> {
        match self.contact {
            Some(present) if present == contact => Ok(None),
            Some(_) => Err(Error::OrderLinked(self.id)),
            None => {
                let order = Self { contact: Some(contact), ..self.next(now) };
                Ok(Some((order.clone(), Event::OrderLinked { order })))
            }
        }
    }

    /// The order after a move, or [`Error::OrderMoveIllegal`] if it cannot make it.
    fn moved(self, wanted: Move, now: DateTime<Utc>) -> Result<Self> {
        let (from, to) = (self.state, wanted.target());
        match wanted.is_legal_from(from) {
            true => Ok(Self { state: to, ..self.next(now) }),
            false => Err(Error::OrderMoveIllegal { order: self.id, from, to }),
        }
    }

    fn next(self, now: DateTime<Utc>) -> Self {
        Self { version: self.version + 1, update_time: now, ..self }
    }
}
