//! Domain event → message of the topic `kith.sales.v1`; no personal data gets through here.

use bus::Message;
use chassis::tenant::TenantId;
use proto::sales::v1 as pb;

use crate::{
    convert,
    domain::{Event, Occurred, Order},
};

/// Words an event for the log.
pub fn message(tenant: TenantId, event: &Event) -> Message {
    let occurred = event.occurred();
    match event {
        Event::ProductCreated { product } => announce(
            tenant,
            occurred,
            &pb::ProductCreated {
                product: product.id.to_string(),
                sku: product.sku.as_str().to_owned(),
                price: Some(convert::money_to_pb(&product.price)),
            },
        ),
        Event::ProductUpdated { product, changed_fields } => announce(
            tenant,
            occurred,
            &pb::ProductUpdated {
                product: product.id.to_string(),
                changed_fields: changed_fields.iter().map(|field| field.to_string()).collect(),
                price: Some(convert::money_to_pb(&product.price)),
            },
        ),
        Event::ProductDeleted { product } => {
            announce(tenant, occurred, &pb::ProductDeleted { product: product.id.to_string() })
        }
        Event::OrderPlaced { order } => {
            let Facts { order: name, contact, total, state } = facts(order);
            let place_time = Some(convert::time(order.place_time));
            let event = pb::OrderPlaced { order: name, contact, total, state, place_time };
            announce(tenant, occurred, &event)
        }
        Event::OrderPaid { order } => {
            let Facts { order: name, contact, total, state } = facts(order);
            let pay_time = order.pay_time.map(convert::time);
            let event = pb::OrderPaid { order: name, contact, total, state, pay_time };
            announce(tenant, occurred, &event)
        }
        Event::OrderShipped { order } => {
            let Facts { order: name, contact, total, state } = facts(order);
            let ship_time = order.ship_time.map(convert::time);
            let event = pb::OrderShipped { order: name, contact, total, state, ship_time };
            announce(tenant, occurred, &event)
        }
        Event::OrderDelivered { order } => {
            let Facts { order: name, contact, total, state } = facts(order);
            let deliver_time = order.deliver_time.map(convert::time);
            let event = pb::OrderDelivered { order: name, contact, total, state, deliver_time };
            announce(tenant, occurred, &event)
        }
        Event::OrderCancelled { order, paid_back } => {
            let Facts { order: name, contact, total, state } = facts(order);
            let close_time = order.close_time.map(convert::time);
            let paid_back = paid_back.as_ref().map(convert::money_to_pb);
            let event =
                pb::OrderCancelled { order: name, contact, total, state, close_time, paid_back };
            announce(tenant, occurred, &event)
        }
        Event::OrderRefunded { order, paid_back } => {
            let Facts { order: name, contact, total, state } = facts(order);
            let close_time = order.close_time.map(convert::time);
            let paid_back = Some(convert::money_to_pb(paid_back));
            let event =
                pb::OrderRefunded { order: name, contact, total, state, close_time, paid_back };
            announce(tenant, occurred, &event)
        }
        Event::OrderAmended { order } => {
            let Facts { order: name, contact, total, state } = facts(order);
            let update_time = Some(convert::time(order.update_time));
            let event = pb::OrderAmended { order: name, contact, total, state, update_time };
            announce(tenant, occurred, &event)
        }
        Event::OrderLinked { order } => {
            let Facts { order: name, contact, total, state } = facts(order);
            let update_time = Some(convert::time(order.update_time));
            let event = pb::OrderLinked { order: name, contact, total, state, update_time };
            announce(tenant, occurred, &event)
        }
    }
}

/// What every event of an order says.
struct Facts {
    order: String,
    contact: String,
    total: Option<pb::Money>,
    state: i32,
}

fn facts(order: &Order) -> Facts {
    Facts {
        order: order.id.to_string(),
        contact: convert::name(order.contact),
        total: Some(convert::money_to_pb(&order.total)),
        state: convert::state_to_pb(order.state).into(),
    }
}

fn announce<E: proto::Event>(tenant: TenantId, occurred: Occurred, event: &E) -> Message {
    Message::of(tenant, occurred.aggregate, occurred.version, occurred.time, event)
}
