//! The table `messages`: the only place where what was said is kept.

use chassis::tenant::TenantId;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use super::{
    codec,
    entities::message::{ActiveModel, Column, Entity, Model},
};
use crate::{
    domain::{
        Agent, Analysis, Message, Text,
        ids::{ConversationId, InboundMessageId, MessageId, MessageName},
        message::{Author, Direction, FailureReason, State},
    },
    error::{Error, Result},
};

/// Where every read starts.
fn of(tenant: TenantId) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// Gets a message, or [`Error::MessageNotFound`].
pub async fn get(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    name: MessageName,
) -> Result<Message> {
    let found = find(conn, tenant, name.message).await?;
    let found = found.filter(|message| message.conversation == name.conversation);
    found.ok_or(Error::MessageNotFound(name))
}

/// Finds a message by its id alone.
pub async fn find(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: MessageId,
) -> Result<Option<Message>> {
    let row = of(tenant).filter(Column::Id.eq(id.as_uuid())).one(conn).await?;
    row.map(from_row).transpose()
}

/// Tells whether an inbound message has been appended.
pub async fn has_inbound(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    inbound_message: InboundMessageId,
) -> Result<bool> {
    exists(of(tenant).filter(Column::InboundMessageId.eq(inbound_message.as_uuid())), conn).await
}

/// Tells whether an event has made a message.
pub async fn has_cause(conn: &impl ConnectionTrait, tenant: TenantId, cause: Uuid) -> Result<bool> {
    exists(of(tenant).filter(Column::CauseEventId.eq(cause)), conn).await
}

/// Reads the messages of a conversation behind `after`, in sequence.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    conversation: ConversationId,
    after: u64,
    limit: u64,
) -> Result<Vec<Message>> {
    let rows = of(tenant)
        .filter(Column::ConversationId.eq(conversation.as_uuid()))
        .filter(Column::Sequence.gt(codec::column(after)))
        .order_by_asc(Column::Sequence)
        .limit(limit)
        .all(conn)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// Adds a message. Its conversation is locked, so that its sequence is free.
pub async fn insert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    message: &Message,
) -> Result<()> {
    Entity::insert(row(tenant, message)?).exec_without_returning(conn).await?;
    Ok(())
}

/// Stores what became of a message. Its conversation is locked, so that nobody else does.
pub async fn update(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    message: &Message,
) -> Result<()> {
    let mut row = row(tenant, message)?;
    (row.tenant_id, row.id, row.text) = (NotSet, NotSet, NotSet);
    Entity::update_many()
        .set(row)
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(message.id.as_uuid()))
        .exec(conn)
        .await?;
    Ok(())
}

async fn exists(select: Select<Entity>, conn: &impl ConnectionTrait) -> Result<bool> {
    let id: Option<Uuid> = select.select_only().column(Column::Id).into_tuple().one(conn).await?;
    Ok(id.is_some())
}

fn row(tenant: TenantId, it: &Message) -> Result<ActiveModel, DbErr> {
    let analysis = it.analysis.as_ref().map(serde_json::to_value).transpose();
    let model = Model {
        tenant_id: tenant.as_uuid(),
        id: it.id.as_uuid(),
        conversation_id: it.conversation.as_uuid(),
        sequence: codec::column(it.sequence),
        direction: it.direction.name().to_owned(),
        author: it.author.name().to_owned(),
        agent: it.agent.as_ref().map(|it| it.as_str().to_owned()),
        text: it.text.expose().to_owned(),
        state: it.state.name().to_owned(),
        failure_reason: it.failure_reason.as_ref().map(|it| it.as_str().to_owned()),
        analysis: analysis.map_err(|_| codec::unreadable())?,
        in_reply_to_id: it.in_reply_to.map(|it| it.as_uuid()),
        inbound_message_id: it.inbound_message.map(|it| it.as_uuid()),
        cause_event_id: it.cause,
        attempt: i32::try_from(it.attempt).unwrap_or(i32::MAX),
        provider_time: it.provider_time,
        create_time: it.create_time,
        send_time: it.send_time,
    };
    Ok(model.into_active_model().reset_all())
}

fn from_row(row: Model) -> Result<Message> {
    let analysis: Option<Analysis> =
        row.analysis.map(serde_json::from_value).transpose().map_err(|_| codec::unreadable())?;
    Ok(Message {
        id: MessageId::from_uuid(row.id),
        conversation: ConversationId::from_uuid(row.conversation_id),
        sequence: codec::counter(row.sequence)?,
        direction: codec::named(&row.direction, Direction::from_name)?,
        author: codec::named(&row.author, Author::from_name)?,
        agent: row.agent.map(Agent::known),
        text: Text::clipped(&row.text),
        state: codec::named(&row.state, State::from_name)?,
        failure_reason: row.failure_reason.as_deref().map(FailureReason::of),
        analysis,
        in_reply_to: codec::id(row.in_reply_to_id, MessageId::from_uuid),
        inbound_message: codec::id(row.inbound_message_id, InboundMessageId::from_uuid),
        cause: row.cause_event_id,
        attempt: u32::try_from(row.attempt).map_err(|_| codec::unreadable())?,
        provider_time: row.provider_time,
        create_time: row.create_time,
        send_time: row.send_time,
    })
}
