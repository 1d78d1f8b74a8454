//! Rows of `orders`. The number decides who of two was first, the version who changed what.

mod row;

use chassis::{database::keyset::older, page::Place, tenant::TenantId};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select, TryInsertResult,
    sea_query::{Expr, OnConflict},
};

use super::entities::order::{self, Column};
use crate::{
    domain::{ContactId, IdentityKey, Order, OrderFilter, OrderId},
    error::{Error, Result},
};
use row::{channel_name, from_row, into_row};

/// Where every read starts, so that none can forget the tenant. Orders are never deleted.
fn live(tenant: TenantId) -> Select<order::Entity> {
    order::Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// Returns an order, or [`Error::OrderNotFound`].
pub async fn get(conn: &impl ConnectionTrait, tenant: TenantId, id: OrderId) -> Result<Order> {
    match live(tenant).filter(Column::Id.eq(id.as_uuid())).one(conn).await? {
        Some(row) => from_row(row),
        None => Err(Error::OrderNotFound(id)),
    }
}

/// Returns an order for changing it: others who want to change it wait.
pub async fn lock(conn: &impl ConnectionTrait, tenant: TenantId, id: OrderId) -> Result<Order> {
    match live(tenant).filter(Column::Id.eq(id.as_uuid())).lock_exclusive().one(conn).await? {
        Some(row) => from_row(row),
        None => Err(Error::OrderNotFound(id)),
    }
}

/// Returns the order placed last by the contact, or by the buyer while nobody is linked to it.
pub async fn find_latest(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    contact: ContactId,
    buyer: Option<&IdentityKey>,
) -> Result<Option<Order>> {
    let mut theirs = Condition::any().add(Column::ContactId.eq(contact.as_uuid()));
    if let Some(buyer) = buyer {
        theirs = theirs.add(unlinked(buyer));
    }
    let query =
        live(tenant).filter(theirs).order_by_desc(Column::PlaceTime).order_by_desc(Column::Id);
    query.one(conn).await?.map(from_row).transpose()
}

/// Returns up to `limit` orders, placed last first, after `place`.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &OrderFilter,
    place: Option<Place>,
    limit: u64,
) -> Result<Vec<Order>> {
    let mut query = live(tenant);
    if let Some(contact) = filter.contact {
        query = query.filter(Column::ContactId.eq(contact.as_uuid()));
    }
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    if let Some(number) = &filter.number {
        query = query.filter(Column::Number.eq(number));
    }
    if let Some(place) = place {
        query = query.filter(older(Column::PlaceTime, Column::Id, place));
    }
    let query = query.order_by_desc(Column::PlaceTime).order_by_desc(Column::Id).limit(limit);
    query.all(conn).await?.into_iter().map(from_row).collect()
}

/// Adds an order and tells whether its number was free. Waits for a transaction that is adding the same one.
pub async fn insert(conn: &impl ConnectionTrait, tenant: TenantId, order: &Order) -> Result<bool> {
    let row = into_row(tenant, order)?.into_active_model();
    let number = OnConflict::columns([Column::TenantId, Column::Number]).do_nothing().to_owned();
    let inserted = order::Entity::insert(row)
        .on_conflict(number)
        .try_insert()
        .exec_without_returning(conn)
        .await?;
    Ok(match inserted {
        TryInsertResult::Inserted(rows) => rows != 0,
        TryInsertResult::Empty | TryInsertResult::Conflicted => false,
    })
}

/// Replaces the row of the version before, or [`Error::OrderChanged`] if it is another by now.
pub async fn update(conn: &impl ConnectionTrait, tenant: TenantId, order: &Order) -> Result<()> {
    let row = into_row(tenant, order)?;
    let before = row.version - 1;
    let updated = order::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(order.id.as_uuid()))
        .filter(Column::Version.eq(before))
        .exec(conn)
        .await?;
    if updated.rows_affected == 0 { Err(Error::OrderChanged(order.id)) } else { Ok(()) }
}

/// Returns up to `limit` orders of a buyer that no contact has, placed first first, for linking them.
///
/// May return fewer than there are: one that somebody else has just linked is left out after the wait for it.
pub async fn lock_unlinked(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    buyer: &IdentityKey,
    limit: u64,
) -> Result<Vec<Order>> {
    let query = live(tenant)
        .filter(unlinked(buyer))
        .order_by_asc(Column::PlaceTime)
        .order_by_asc(Column::Id)
        .limit(limit)
        .lock_exclusive();
    query.all(conn).await?.into_iter().map(from_row).collect()
}

/// The orders of a buyer that no contact has.
fn unlinked(buyer: &IdentityKey) -> Condition {
    Condition::all()
        .add(Column::ContactId.is_null())
        .add(Column::BuyerChannel.eq(channel_name(buyer.channel)))
        .add(Column::BuyerRealm.eq(&buyer.realm))
        .add(Column::BuyerExternalId.eq(buyer.external_id.as_str()))
}

/// Links orders that [`lock_unlinked`] returned to a contact, all in one statement.
///
/// Returns [`Error::OrderChanged`] if one of them is not as it was, which its lock prevents.
pub async fn link_all(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    orders: &[Order],
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(first) = orders.first() else { return Ok(()) };
    let ids = orders.iter().map(|order| order.id.as_uuid());
    let updated = order::Entity::update_many()
        .col_expr(Column::ContactId, Expr::value(contact.as_uuid()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdateTime, Expr::value(now))
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.is_in(ids))
        .filter(Column::ContactId.is_null())
        .exec(conn)
        .await?;
    let is_all = u64::try_from(orders.len()).is_ok_and(|count| count == updated.rows_affected);
    if is_all { Ok(()) } else { Err(Error::OrderChanged(first.id)) }
}
