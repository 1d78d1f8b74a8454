//! Rows of `timeline_entries`: a projection, one row per event.

use chassis::{database::keyset::older, page::Place, tenant::TenantId};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::entities::timeline_entry::{self, Column, Model};
use crate::{domain::ContactId, error::Result};

/// One thing that happened around somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Id of the event behind it.
    pub event_id: Uuid,
    /// The contact; `None` while nobody knows who it was.
    pub contact: Option<ContactId>,
    /// The type of the event.
    pub event_type: String,
    /// What it happened to.
    pub resource: String,
    /// When it happened.
    pub event_time: DateTime<Utc>,
}

/// Every entry of the tenant.
fn of(tenant: TenantId) -> Select<timeline_entry::Entity> {
    timeline_entry::Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// Returns up to `limit` entries of a contact, newest first, after `place`.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    contact: ContactId,
    place: Option<Place>,
    limit: u64,
) -> Result<Vec<Entry>> {
    let mut query = of(tenant).filter(Column::ContactId.eq(contact.as_uuid()));
    if let Some(place) = place {
        query = query.filter(older(Column::EventTime, Column::Id, place));
    }
    let query = query.order_by_desc(Column::EventTime).order_by_desc(Column::Id).limit(limit);
    let rows = query.all(conn).await?;
    let entries = rows.into_iter().map(|row| Entry {
        event_id: row.id,
        contact: row.contact_id.map(ContactId::from_uuid),
        event_type: row.event_type,
        resource: row.resource,
        event_time: row.event_time,
    });
    Ok(entries.collect())
}

/// Adds an entry unless it is there: a replay of the log adds nothing twice.
pub async fn append(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    entry: Entry,
) -> std::result::Result<(), DbErr> {
    let row = Model {
        tenant_id: tenant.as_uuid(),
        id: entry.event_id,
        contact_id: entry.contact.map(|contact| contact.as_uuid()),
        event_type: entry.event_type,
        resource: entry.resource,
        event_time: entry.event_time,
    };
    timeline_entry::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::columns([Column::TenantId, Column::Id]).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Gives `contact` what happened to `resource` while nobody knew whose it was.
pub async fn attribute(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    resource: &str,
    contact: ContactId,
) -> std::result::Result<(), DbErr> {
    timeline_entry::Entity::update_many()
        .col_expr(Column::ContactId, Expr::value(contact.as_uuid()))
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Resource.eq(resource))
        .filter(Column::ContactId.is_null())
        .exec(conn)
        .await
        .map(|_| ())
}

/// Removes every entry of every tenant, before the log is read again from its beginning.
pub async fn clear(conn: &impl ConnectionTrait) -> std::result::Result<(), DbErr> {
    timeline_entry::Entity::delete_many().exec(conn).await.map(|_| ())
}
