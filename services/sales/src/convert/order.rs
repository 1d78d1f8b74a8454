//! Orders: proto ⇄ domain.

use chassis::{etag, malformed::Malformed};
use proto::sales::v1 as pb;

use super::{
    field, identity_key, identity_key_to_pb, money_to_pb, name, optional, price, text, time,
    time_from_pb,
};
use crate::{
    domain::{
        Code, ContactId, LineDraft, LineItem, Order, OrderDraft, ProductId, Quantity, Shipment,
        State, Text,
    },
    error::{Error, Result},
};

/// Most lines of one order.
const MAX_LINES: usize = 200;

/// Reads an order that is to be created.
pub fn order_draft(order: &pb::Order) -> Result<OrderDraft> {
    let place_time = order.place_time.as_ref().map(time_from_pb).transpose();
    let buyer = order.buyer.as_ref().map(|key| identity_key(key, "order.buyer"));
    Ok(OrderDraft {
        number: field("order.number", optional(&order.number, Code::parse))?,
        contact: field("order.contact", optional(&order.contact, ContactId::parse))?,
        buyer: buyer.transpose()?,
        line_items: line_drafts(&order.line_items)?,
        note: note(&order.note)?,
        place_time: field("order.place_time", place_time)?,
    })
}

/// Reads the note of an order.
pub fn note(note: &str) -> Result<Text> {
    text("order.note", note, 2_000, "must be at most 2,000 characters")
}

/// Reads the reference of a payment.
pub fn payment_reference(reference: &str) -> Result<Text> {
    text("payment_reference", reference, 128, "must be at most 128 characters")
}

/// Reads how an order is sent.
pub fn shipment(request: &pb::ShipOrderRequest) -> Result<Shipment> {
    const TOO_LONG: &str = "must be at most 100 characters";
    Ok(Shipment {
        carrier: text("carrier", &request.carrier, 100, TOO_LONG)?,
        tracking_number: text("tracking_number", &request.tracking_number, 100, TOO_LONG)?,
    })
}

/// Reads why an order is closed.
pub fn reason(reason: &str) -> Result<Text> {
    text("reason", reason, 500, "must be at most 500 characters")
}

/// Reads a state by the name the contract gives it; `None` for a name it does not have.
pub fn state(name: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state_to_pb(*state).as_str_name() == name)
}

/// Writes an order.
pub fn order_to_pb(order: Order) -> pb::Order {
    pb::Order {
        name: order.id.to_string(),
        number: order.number.as_str().to_owned(),
        contact: name(order.contact),
        buyer: order.buyer.as_ref().map(identity_key_to_pb),
        line_items: order.line_items.iter().map(line_to_pb).collect(),
        total: Some(money_to_pb(&order.total)),
        state: state_to_pb(order.state).into(),
        payment_reference: order.payment_reference.as_str().to_owned(),
        carrier: order.carrier.as_str().to_owned(),
        tracking_number: order.tracking_number.as_str().to_owned(),
        note: order.note.as_str().to_owned(),
        place_time: Some(time(order.place_time)),
        pay_time: order.pay_time.map(time),
        ship_time: order.ship_time.map(time),
        deliver_time: order.deliver_time.map(time),
        close_time: order.close_time.map(time),
        create_time: Some(time(order.create_time)),
        update_time: Some(time(order.update_time)),
        etag: etag::of(order.version),
        close_reason: order.close_reason.as_str().to_owned(),
    }
}

/// Writes a state.
pub fn state_to_pb(state: State) -> pb::order::State {
    match state {
        State::Placed => pb::order::State::Placed,
        State::Paid => pb::order::State::Paid,
        State::Shipped => pb::order::State::Shipped,
        State::Delivered => pb::order::State::Delivered,
        State::Cancelled => pb::order::State::Cancelled,
        State::Refunded => pb::order::State::Refunded,
    }
}

fn line_drafts(lines: &[pb::LineItem]) -> Result<Vec<LineDraft>> {
    if lines.is_empty() || MAX_LINES < lines.len() {
        return Err(Error::invalid("order.line_items", Malformed("must be 1 to 200 lines")));
    }
    lines.iter().enumerate().map(|(index, line)| line_draft(index, line)).collect()
}

fn line_draft(index: usize, line: &pb::LineItem) -> Result<LineDraft> {
    let of_line = |name: &str| format!("order.line_items[{index}].{name}");
    let product = optional(&line.product, ProductId::parse);
    let unit_price = line.unit_price.as_ref().map(|it| price(Some(it), of_line("unit_price")));
    Ok(LineDraft {
        product: field(of_line("product"), product)?,
        title: text(of_line("title"), &line.title, 200, "must be at most 200 characters")?,
        quantity: field(of_line("quantity"), Quantity::parse(line.quantity))?,
        unit_price: unit_price.transpose()?,
    })
}

fn line_to_pb(line: &LineItem) -> pb::LineItem {
    pb::LineItem {
        product: name(line.product),
        title: line.title.as_str().to_owned(),
        quantity: i32::try_from(line.quantity.0).unwrap_or(i32::MAX),
        unit_price: Some(money_to_pb(&line.unit_price)),
    }
}
