//! Row ⇄ order.

use chassis::{database::DbFailure, tenant::TenantId};
use sea_orm::DbErr;
use serde_json::{from_str, to_string};

use super::super::entities::order::Model;
use crate::{
    domain::{Channel, Code, ContactId, Currency, IdentityKey, Money, Order, OrderId, State, Text},
    error::{Error, Result},
};

/// A channel as a column holds it.
pub(super) fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Wechat => "wechat",
        Channel::Wecom => "wecom",
        Channel::Weibo => "weibo",
        Channel::Qq => "qq",
        Channel::Whatsapp => "whatsapp",
        Channel::Email => "email",
        Channel::Phone => "phone",
        Channel::Web => "web",
        Channel::Shop => "shop",
        Channel::Telegram => "telegram",
    }
}

fn channel_of(name: &str) -> Option<Channel> {
    const ALL: [Channel; 10] = [
        Channel::Wechat,
        Channel::Wecom,
        Channel::Weibo,
        Channel::Qq,
        Channel::Whatsapp,
        Channel::Email,
        Channel::Phone,
        Channel::Web,
        Channel::Shop,
        Channel::Telegram,
    ];
    ALL.into_iter().find(|channel| channel_name(*channel) == name)
}

/// A value that this release cannot read.
fn unreadable(column: &str) -> Error {
    Error::Db(DbFailure::from(DbErr::Json(column.to_owned())))
}

pub(super) fn from_row(row: Model) -> Result<Order> {
    let state = State::ALL.into_iter().find(|state| state.as_str() == row.state);
    let buyer = match (row.buyer_channel, row.buyer_external_id) {
        (Some(channel), Some(external_id)) => Some(IdentityKey {
            channel: channel_of(&channel).ok_or_else(|| unreadable("buyer_channel"))?,
            realm: row.buyer_realm.unwrap_or_default(),
            external_id: Text::from_row(external_id),
        }),
        (Some(_), None) | (None, Some(_)) | (None, None) => None,
    };
    Ok(Order {
        id: OrderId::from_uuid(row.id),
        number: Code::known(row.number),
        contact: row.contact_id.map(ContactId::from_uuid),
        buyer,
        line_items: from_str(&row.line_items).map_err(|_| unreadable("line_items"))?,
        total: Money {
            currency: Currency::from_row(row.currency_code),
            minor_units: row.total_minor_units,
        },
        state: state.ok_or_else(|| unreadable("state"))?,
        payment_reference: Text::from_row(row.payment_reference),
        carrier: Text::from_row(row.carrier),
        tracking_number: Text::from_row(row.tracking_number),
        note: Text::from_row(row.note),
        close_reason: Text::from_row(row.close_reason),
        place_time: row.place_time,
        pay_time: row.pay_time,
        ship_time: row.ship_time,
        deliver_time: row.deliver_time,
        close_time: row.close_time,
        version: u64::try_from(row.version).unwrap_or_default(),
        create_time: row.create_time,
        update_time: row.update_time,
    })
}

pub(super) fn into_row(tenant: TenantId, order: &Order) -> Result<Model> {
    let buyer = order.buyer.as_ref();
    Ok(Model {
        tenant_id: tenant.as_uuid(),
        id: order.id.as_uuid(),
        number: order.number.as_str().to_owned(),
        contact_id: order.contact.map(|contact| contact.as_uuid()),
        buyer_channel: buyer.map(|buyer| channel_name(buyer.channel).to_owned()),
        buyer_realm: buyer.map(|buyer| buyer.realm.clone()),
        buyer_external_id: buyer.map(|buyer| buyer.external_id.as_str().to_owned()),
        line_items: to_string(&order.line_items).map_err(|_| unreadable("line_items"))?,
        currency_code: order.total.currency.as_str().to_owned(),
        total_minor_units: order.total.minor_units,
        state: order.state.as_str().to_owned(),
        payment_reference: order.payment_reference.as_str().to_owned(),
        carrier: order.carrier.as_str().to_owned(),
        tracking_number: order.tracking_number.as_str().to_owned(),
        note: order.note.as_str().to_owned(),
        close_reason: order.close_reason.as_str().to_owned(),
        place_time: order.place_time,
        pay_time: order.pay_time,
        ship_time: order.ship_time,
        deliver_time: order.deliver_time,
        close_time: order.close_time,
        version: i64::try_from(order.version).unwrap_or(i64::MAX),
        create_time: order.create_time,
        update_time: order.update_time,
    })
}
