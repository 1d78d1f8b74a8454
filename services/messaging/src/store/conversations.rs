//! The table `conversations`.

use chassis::{
    database::{keyset, unique_violation},
    page::Place,
    tenant::TenantId,
};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::OnConflict,
};

use super::{
    codec,
    entities::conversation::{ActiveModel, Column, Entity, Model},
};
use crate::{
    domain::{
        Agent, Channel, Conversation, Status,
        conversation::{Filter, Waiting},
        ids::{ContactId, ConversationId, InboxId, MessageId, ThreadId},
    },
    error::{Error, Result},
};

/// Where every read starts.
fn of(tenant: TenantId) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// Gets a conversation, or [`Error::ConversationNotFound`].
pub async fn get(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: ConversationId,
) -> Result<Conversation> {
    let select = of(tenant).filter(Column::Id.eq(id.as_uuid()));
    read_one(select, conn).await?.ok_or(Error::ConversationNotFound(id))
}

/// Gets a conversation and keeps others from changing it until the transaction ends.
pub async fn get_locked(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: ConversationId,
) -> Result<Conversation> {
    let select = of(tenant).filter(Column::Id.eq(id.as_uuid())).lock_exclusive();
    read_one(select, conn).await?.ok_or(Error::ConversationNotFound(id))
}

/// Finds the unresolved conversation of a thread and keeps others from changing it.
pub async fn find_unresolved_locked(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    thread: ThreadId,
) -> Result<Option<Conversation>> {
    let select = of(tenant)
        .filter(Column::ThreadId.eq(thread.as_uuid()))
        .filter(Column::Status.ne(Status::Resolved.name()))
        .lock_exclusive();
    read_one(select, conn).await
}

/// Finds the contact's most recent conversation that has a thread.
pub async fn find_latest_reachable(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    contact: ContactId,
) -> Result<Option<Conversation>> {
    let select = of(tenant)
        .filter(Column::ContactId.eq(contact.as_uuid()))
        .filter(Column::ThreadId.is_not_null())
        .order_by_desc(Column::CreateTime)
        .order_by_desc(Column::Id);
    read_one(select, conn).await
}

/// Finds some conversations of all tenants that are snoozed and due.
pub async fn due(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<(TenantId, ConversationId)>> {
    let rows: Vec<(uuid::Uuid, uuid::Uuid)> = Entity::find()
        .select_only()
        .column(Column::TenantId)
        .column(Column::Id)
        .filter(Column::Status.eq(Status::Snoozed.name()))
        .filter(Column::SnoozeUntilTime.lte(now))
        .order_by_asc(Column::SnoozeUntilTime)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?;
    let named = |(tenant, id)| (TenantId::new(tenant), ConversationId::from_uuid(id));
    Ok(rows.into_iter().map(named).collect())
}

/// Reads a page of conversations, newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &Filter,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Conversation>> {
    let mut select = of(tenant);
    if let Some(status) = filter.status {
        select = select.filter(Column::Status.eq(status.name()));
    }
    match &filter.assignee {
        Some(Some(agent)) => select = select.filter(Column::Assignee.eq(agent.as_str())),
        Some(None) => select = select.filter(Column::Assignee.is_null()),
        None => (),
    }
    if let Some(inbox) = filter.inbox {
        select = select.filter(Column::InboxId.eq(inbox.as_uuid()));
    }
    if let Some(contact) = filter.contact {
        select = select.filter(Column::ContactId.eq(contact.as_uuid()));
    }
    if let Some(place) = after {
        select = select.filter(keyset::older(Column::CreateTime, Column::Id, place));
    }
    let rows = select
        .order_by_desc(Column::CreateTime)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(conn)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Adds a conversation, or [`Error::ConversationOpen`] if its thread has an unresolved one.
pub async fn insert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    conversation: &Conversation,
) -> Result<()> {
    match Entity::insert(row(tenant, conversation)).exec_without_returning(conn).await {
        Ok(_) => Ok(()),
        Err(error) if names_thread(&error) => Err(Error::ConversationOpen),
        Err(error) => Err(error.into()),
    }
}

/// Adds a conversation unless its thread has an unresolved one, and tells whether it did.
pub async fn insert_first(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    conversation: &Conversation,
) -> Result<bool> {
    let insert = Entity::insert(row(tenant, conversation))
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    Ok(insert.exec_without_returning(conn).await? == 1)
}

/// Stores what became of a conversation that was read at version `seen`.
///
/// Fails with [`Error::ConversationChanged`] if it has another version by now, and with
/// [`Error::ConversationOpen`] if it would be the second unresolved one of its thread.
pub async fn update(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    conversation: &Conversation,
    seen: u64,
) -> Result<()> {
    let mut row = row(tenant, conversation);
    (row.tenant_id, row.id) = (NotSet, NotSet);
    let updated = Entity::update_many()
        .set(row)
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(conversation.id.as_uuid()))
        .filter(Column::Version.eq(codec::column(seen)))
        .exec(conn)
        .await;
    match updated {
        Ok(updated) if updated.rows_affected == 0 => {
            Err(Error::ConversationChanged(conversation.id))
        }
        Ok(_) => Ok(()),
        Err(error) if names_thread(&error) => Err(Error::ConversationOpen),
        Err(error) => Err(error.into()),
    }
}

async fn read_one(
    select: Select<Entity>,
    conn: &impl ConnectionTrait,
) -> Result<Option<Conversation>> {
    select.one(conn).await?.map(from_row).transpose()
}

fn names_thread(error: &DbErr) -> bool {
    unique_violation(error).is_some_and(|key| key.contains("thread_id"))
}

fn row(tenant: TenantId, it: &Conversation) -> ActiveModel {
    let model = Model {
        tenant_id: tenant.as_uuid(),
        id: it.id.as_uuid(),
        inbox_id: it.inbox.as_uuid(),
        contact_id: it.contact.as_uuid(),
        thread_id: it.thread.map(|it| it.as_uuid()),
        channel: it.channel.name().to_owned(),
        status: it.status.name().to_owned(),
        assignee: it.assignee.as_ref().map(|it| it.as_str().to_owned()),
        last_sequence: codec::column(it.last_sequence),
        last_inbound_time: it.last_inbound_time,
        waiting_since_time: it.waiting.map(|it| it.since),
        waiting_message_id: it.waiting.map(|it| it.message.as_uuid()),
        first_response_time: it.first_response_time,
        snooze_until_time: it.snooze_until_time,
        version: codec::column(it.version),
        create_time: it.create_time,
        update_time: it.update_time,
    };
    model.into_active_model().reset_all()
}

fn from_row(row: Model) -> Result<Conversation> {
    let waiting = row.waiting_since_time.zip(row.waiting_message_id);
    Ok(Conversation {
        id: ConversationId::from_uuid(row.id),
        inbox: InboxId::from_uuid(row.inbox_id),
        contact: ContactId::from_uuid(row.contact_id),
        thread: codec::id(row.thread_id, ThreadId::from_uuid),
        channel: codec::named(&row.channel, Channel::from_name)?,
        status: codec::named(&row.status, Status::from_name)?,
        assignee: row.assignee.map(Agent::known),
        last_sequence: codec::counter(row.last_sequence)?,
        last_inbound_time: row.last_inbound_time,
        waiting: waiting.map(|(since, id)| Waiting { since, message: MessageId::from_uuid(id) }),
        first_response_time: row.first_response_time,
        snooze_until_time: row.snooze_until_time,
        create_time: row.create_time,
        update_time: row.update_time,
        version: codec::counter(row.version)?,
    })
}
