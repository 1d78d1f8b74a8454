//! The table `threads`.

use chassis::{redact::Redacted, tenant::TenantId};
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Select,
    sea_query::{Expr, ExprTrait, OnConflict, Query},
};
use uuid::Uuid;

use super::{entities::thread, unsigned};
use crate::{
    domain::{ExternalId, SourceId, Thread, ThreadId},
    error::Result,
};

fn live(tenant: TenantId) -> Select<thread::Entity> {
    thread::Entity::find().filter(thread::Column::TenantId.eq(tenant.as_uuid()))
}

/// Counts an event of the thread of that person at that source, and locks its row. The first one makes the row.
pub(crate) async fn bump(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    source: SourceId,
    external_id: &ExternalId,
    now: DateTime<Utc>,
) -> Result<Thread> {
    let next = Expr::col((thread::Entity, thread::Column::Version)).add(1);
    let upsert = Query::insert()
        .into_table(thread::Entity)
        .columns([
            thread::Column::TenantId,
            thread::Column::Id,
            thread::Column::SourceId,
            thread::Column::ExternalId,
            thread::Column::CreateTime,
            thread::Column::Version,
            thread::Column::Deliveries,
        ])
        .values_panic([
            tenant.as_uuid().into(),
            ThreadId::new(now).as_uuid().into(),
            source.as_uuid().into(),
            external_id.expose().as_str().into(),
            now.into(),
            1_i64.into(),
            0_i64.into(),
        ])
        .on_conflict(
            OnConflict::columns([
                thread::Column::TenantId,
                thread::Column::SourceId,
                thread::Column::ExternalId,
            ])
            .value(thread::Column::Version, next)
            .to_owned(),
        )
        .returning(Query::returning().columns([thread::Column::Id, thread::Column::Version]))
        .take();
    let Some(row) = conn.query_one(&upsert).await? else {
        return Err(DbErr::RecordNotInserted.into());
    };
    Ok(Thread {
        id: ThreadId::from_uuid(row.try_get::<Uuid>("", "id")?),
        source,
        external_id: external_id.clone(),
        version: unsigned(row.try_get::<i64>("", "version")?),
    })
}

/// Finds a thread.
pub(crate) async fn find(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: ThreadId,
) -> Result<Option<Thread>> {
    let found = live(tenant).filter(thread::Column::Id.eq(id.as_uuid())).one(conn).await?;
    Ok(found.map(thread))
}

/// Finds a thread and takes the next place among its deliveries, from 1. Locks its row.
pub(crate) async fn take_position(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: ThreadId,
) -> Result<Option<(Thread, i64)>> {
    let taken = thread::Entity::update_many()
        .col_expr(thread::Column::Deliveries, Expr::col(thread::Column::Deliveries).add(1))
        .filter(thread::Column::TenantId.eq(tenant.as_uuid()))
        .filter(thread::Column::Id.eq(id.as_uuid()))
        .exec_with_returning(conn)
        .await?;
    Ok(taken.into_iter().next().map(|row| {
        let position = row.deliveries;
        (thread(row), position)
    }))
}

/// Returns those of the given ids that exist.
pub(crate) async fn of_ids(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    ids: impl IntoIterator<Item = ThreadId>,
) -> Result<Vec<Thread>> {
    let ids = ids.into_iter().map(|it| it.as_uuid());
    let rows = live(tenant).filter(thread::Column::Id.is_in(ids)).all(conn).await?;
    Ok(rows.into_iter().map(thread).collect())
}

fn thread(row: thread::Model) -> Thread {
    Thread {
        id: ThreadId::from_uuid(row.id),
        source: SourceId::from_uuid(row.source_id),
        external_id: Redacted::new(row.external_id),
        version: unsigned(row.version),
    }
}
