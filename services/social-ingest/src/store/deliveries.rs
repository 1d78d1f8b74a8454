//! The table `deliveries`.

use chassis::tenant::TenantId;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select, TryInsertResult,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement},
};
use uuid::Uuid;

use super::{entities::delivery, signed, unreadable, unsigned};
use crate::{
    domain::{
        Channel, Delivery, DeliveryFilter, DeliveryId, DeliveryState, Lease, MessageName, SourceId,
        ThreadId,
    },
    error::{Error, Result},
};

fn live(tenant: TenantId) -> Select<delivery::Entity> {
    delivery::Entity::find().filter(delivery::Column::TenantId.eq(tenant.as_uuid()))
}

/// Adds a row and returns true, or returns false if the message has one for this attempt.
pub(crate) async fn insert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    delivery: &Delivery,
) -> Result<bool, DbErr> {
    let key = [delivery::Column::TenantId, delivery::Column::MessageId, delivery::Column::Attempt];
    let inserted = delivery::Entity::insert(row(tenant, delivery).into_active_model())
        .on_conflict_do_nothing_on(key)
        .exec_without_returning(conn)
        .await?;
    match inserted {
        TryInsertResult::Inserted(rows) => Ok(rows != 0),
        TryInsertResult::Conflicted | TryInsertResult::Empty => Ok(false),
    }
}

/// Returns a delivery, or [`Error::DeliveryNotFound`].
pub(crate) async fn get(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: DeliveryId,
) -> Result<Delivery> {
    let found = live(tenant).filter(delivery::Column::Id.eq(id.as_uuid())).one(conn).await?;
    found.map_or(Err(Error::DeliveryNotFound(id)), delivery)
}

/// Returns a delivery and keeps others from changing it, or [`Error::DeliveryNotFound`].
pub(crate) async fn lock(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: DeliveryId,
) -> Result<Delivery> {
    let select = live(tenant).filter(delivery::Column::Id.eq(id.as_uuid()));
    // SQLite has one writer at a time, and no such words.
    let select = match conn.get_database_backend() {
        DbBackend::Sqlite => select,
        _ => select.lock_exclusive(),
    };
    select.one(conn).await?.map_or(Err(Error::DeliveryNotFound(id)), delivery)
}

/// Stores a delivery that [`lock`] returned.
pub(crate) async fn update(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    delivery: &Delivery,
) -> Result<(), DbErr> {
    let row = row(tenant, delivery);
    let change = delivery::ActiveModel {
        state: Set(row.state),
        attempts: Set(row.attempts),
        parts_sent: Set(row.parts_sent),
        failure_reason: Set(row.failure_reason),
        provider_code: Set(row.provider_code),
        next_attempt_time: Set(row.next_attempt_time),
        lease_owner: Set(row.lease_owner),
        lease_expire_time: Set(row.lease_expire_time),
        update_time: Set(row.update_time),
        version: Set(row.version),
        ..Default::default()
    };
    delivery::Entity::update_many()
        .set(change)
        .filter(delivery::Column::TenantId.eq(tenant.as_uuid()))
        .filter(delivery::Column::Id.eq(delivery.id.as_uuid()))
        .exec(conn)
        .await?;
    Ok(())
}

/// Returns up to `limit` deliveries before `before`, newest first.
pub(crate) async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &DeliveryFilter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Delivery>> {
    let mut select = live(tenant).order_by_desc(delivery::Column::Id).limit(limit);
    if let Some(source) = filter.source {
        select = select.filter(delivery::Column::SourceId.eq(source.as_uuid()));
    }
    if let Some(message) = filter.message {
        select = select
            .filter(delivery::Column::ConversationId.eq(message.conversation))
            .filter(delivery::Column::MessageId.eq(message.message));
    }
    if let Some(state) = filter.state {
        select = select.filter(delivery::Column::State.eq(state.word()));
    }
    if let Some(before) = before {
        select = select.filter(delivery::Column::Id.lt(before));
    }
    select.all(conn).await?.into_iter().map(delivery).collect()
}

/// Returns up to `limit` deliveries of all tenants whose turn it is: due, and the first of their thread.
pub(crate) async fn due(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<(TenantId, Delivery)>> {
    let select = delivery::Entity::find()
        .filter(delivery::Column::State.eq(DeliveryState::Pending.word()))
        .filter(delivery::Column::NextAttemptTime.lte(now))
        .filter(Expr::exists(earlier_in_thread()).not())
        .order_by_asc(delivery::Column::NextAttemptTime)
        .limit(limit);
    select.all(conn).await?.into_iter().map(with_tenant).collect()
}

/// When the next one is due, if any waits.
pub(crate) async fn next_due(conn: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
    delivery::Entity::find()
        .select_only()
        .column(delivery::Column::NextAttemptTime)
        .filter(delivery::Column::State.eq(DeliveryState::Pending.word()))
        .order_by_asc(delivery::Column::NextAttemptTime)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await
}

/// Whether an earlier delivery of the same thread is still under way.
pub(crate) async fn is_behind(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    delivery: &Delivery,
) -> Result<bool, DbErr> {
    let earlier = live(tenant)
        .filter(delivery::Column::ThreadId.eq(delivery.thread.as_uuid()))
        .filter(delivery::Column::Position.lt(delivery.position))
        .filter(delivery::Column::State.is_in(UNFINISHED))
        .limit(1);
    Ok(earlier.one(conn).await?.is_some())
}

/// Those that someone began to send and did not end: the lease ran out.
///
/// At a start, say who starts: a file belongs to one process, so there every other owner is dead.
pub(crate) async fn abandoned(
    conn: &impl ConnectionTrait,
    starting: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<(TenantId, Delivery)>> {
    let mut is_dead = Condition::any().add(delivery::Column::LeaseExpireTime.lt(now));
    if let (Some(owner), DbBackend::Sqlite) = (starting, conn.get_database_backend()) {
        is_dead = is_dead.add(delivery::Column::LeaseOwner.ne(owner));
    }
    let select = delivery::Entity::find()
        .filter(delivery::Column::State.eq(DeliveryState::Sending.word()))
        .filter(is_dead)
        .limit(100);
    select.all(conn).await?.into_iter().map(with_tenant).collect()
}

/// Up to `limit` of unknown outcome since a time after `since`, oldest first.
pub(crate) async fn in_doubt(
    conn: &impl ConnectionTrait,
    since: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<(TenantId, Delivery)>> {
    let select = delivery::Entity::find()
        .filter(delivery::Column::State.eq(DeliveryState::Unknown.word()))
        .filter(delivery::Column::UpdateTime.gt(since))
        .order_by_asc(delivery::Column::UpdateTime)
        .limit(limit);
    select.all(conn).await?.into_iter().map(with_tenant).collect()
}

/// Whether another delivery of the thread may have left between two times.
pub(crate) async fn has_neighbour(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    delivery: &Delivery,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let other = live(tenant)
        .filter(delivery::Column::ThreadId.eq(delivery.thread.as_uuid()))
        .filter(delivery::Column::Id.ne(delivery.id.as_uuid()))
        .filter(delivery::Column::Attempts.gt(0))
        .filter(delivery::Column::CreateTime.lte(to))
        .filter(delivery::Column::UpdateTime.gte(from))
        .limit(1);
    Ok(other.one(conn).await?.is_some())
}

const UNFINISHED: [&str; 2] = [DeliveryState::Pending.word(), DeliveryState::Sending.word()];

/// Unfinished deliveries of the same thread that were accepted before the row of the outer query.
fn earlier_in_thread() -> SelectStatement {
    let earlier = || Alias::new("earlier");
    let same = |column: delivery::Column| {
        Expr::col((earlier(), column)).equals((delivery::Entity, column))
    };
    Query::select()
        .expr(Expr::value(1))
        .from_as(delivery::Entity, earlier())
        .and_where(same(delivery::Column::TenantId))
        .and_where(same(delivery::Column::ThreadId))
        .and_where(
            Expr::col((earlier(), delivery::Column::Position))
                .lt(Expr::col((delivery::Entity, delivery::Column::Position))),
        )
        .and_where(Expr::col((earlier(), delivery::Column::State)).is_in(UNFINISHED))
        .take()
}

fn with_tenant(row: delivery::Model) -> Result<(TenantId, Delivery)> {
    let tenant = TenantId::new(row.tenant_id);
    Ok((tenant, delivery(row)?))
}

fn row(tenant: TenantId, delivery: &Delivery) -> delivery::Model {
    delivery::Model {
        tenant_id: tenant.as_uuid(),
        id: delivery.id.as_uuid(),
        conversation_id: delivery.message.conversation,
        message_id: delivery.message.message,
        attempt: delivery.attempt,
        source_id: delivery.source.as_uuid(),
        thread_id: delivery.thread.as_uuid(),
        position: delivery.position,
        channel: delivery.channel.word().to_owned(),
        state: delivery.state.word().to_owned(),
        attempts: delivery.attempts,
        parts_sent: delivery.parts_sent,
        failure_reason: delivery.failure_reason.clone(),
        provider_code: delivery.provider_code,
        next_attempt_time: delivery.next_attempt_time,
        lease_owner: delivery.lease.map(|it| it.owner),
        lease_expire_time: delivery.lease.map(|it| it.expire_time),
        create_time: delivery.create_time,
        update_time: delivery.update_time,
        version: signed(delivery.version),
        traceparent: delivery.traceparent.clone(),
    }
}

fn delivery(row: delivery::Model) -> Result<Delivery> {
    let lease = row.lease_owner.zip(row.lease_expire_time);
    Ok(Delivery {
        id: DeliveryId::from_uuid(row.id),
        message: MessageName { conversation: row.conversation_id, message: row.message_id },
        attempt: row.attempt,
        source: SourceId::from_uuid(row.source_id),
        thread: ThreadId::from_uuid(row.thread_id),
        position: row.position,
        channel: Channel::from_word(&row.channel).ok_or_else(unreadable)?,
        state: DeliveryState::from_word(&row.state).ok_or_else(unreadable)?,
        attempts: row.attempts,
        parts_sent: row.parts_sent,
        failure_reason: row.failure_reason,
        provider_code: row.provider_code,
        next_attempt_time: row.next_attempt_time,
        lease: lease.map(|(owner, expire_time)| Lease { owner, expire_time }),
        create_time: row.create_time,
        update_time: row.update_time,
        version: unsigned(row.version),
        traceparent: row.traceparent,
    })
}
