//! The table `inbound_messages`.

use std::collections::HashMap;

use chassis::{redact::Redacted, tenant::TenantId};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

use super::{entities::inbound_message, sources, threads, unreadable};
use crate::{
    domain::{
        Analysis, EnvelopeId, InboundMessage, InboundMessageFilter, InboundMessageId, Mark,
        MessageKind, Sentiment, Source, SourceId, Thread, ThreadId,
    },
    error::{Error, Result},
};

fn live(tenant: TenantId) -> Select<inbound_message::Entity> {
    inbound_message::Entity::find().filter(inbound_message::Column::TenantId.eq(tenant.as_uuid()))
}

/// Adds a message.
pub(crate) async fn insert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    message: &InboundMessage,
) -> Result<(), DbErr> {
    let analysis = message.analysis.as_ref();
    let row = inbound_message::ActiveModel {
        tenant_id: Set(tenant.as_uuid()),
        id: Set(message.id.as_uuid()),
        envelope_id: Set(message.envelope.as_uuid()),
        source_id: Set(message.source.as_uuid()),
        thread_id: Set(message.thread.as_uuid()),
        kind: Set(message.kind.word().to_owned()),
        text: Set(message.text.expose().clone()),
        language_code: Set(analysis.map(|it| it.language_code.clone())),
        sentiment: Set(analysis.map(|it| it.sentiment.word().to_owned())),
        sentiment_score: Set(analysis.map(|it| it.sentiment_score)),
        intent: Set(analysis.map(|it| it.intent.clone())),
        intent_confidence: Set(analysis.map(|it| it.intent_confidence)),
        model: Set(analysis.map(|it| it.model.clone())),
        provider_time: Set(message.provider_time),
        receive_time: Set(message.receive_time),
        project_time: Set(message.project_time),
        answer_time: Set(message.answer_time),
    };
    inbound_message::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Returns a message, or [`Error::InboundMessageNotFound`].
pub(crate) async fn get(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: InboundMessageId,
) -> Result<InboundMessage> {
    let found = live(tenant).filter(inbound_message::Column::Id.eq(id.as_uuid())).one(conn).await?;
    let messages = joined(conn, tenant, found.into_iter().collect()).await?;
    messages.into_iter().next().ok_or(Error::InboundMessageNotFound(id))
}

/// Returns up to `limit` messages before `before`, newest first.
pub(crate) async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &InboundMessageFilter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<InboundMessage>> {
    let mut select = live(tenant).order_by_desc(inbound_message::Column::Id).limit(limit);
    if let Some(source) = filter.source {
        select = select.filter(inbound_message::Column::SourceId.eq(source.as_uuid()));
    }
    if let Some(thread) = filter.thread {
        select = select.filter(inbound_message::Column::ThreadId.eq(thread.as_uuid()));
    }
    if let Some(intent) = &filter.intent {
        select = select.filter(inbound_message::Column::Intent.eq(intent));
    }
    if let Some(before) = before {
        select = select.filter(inbound_message::Column::Id.lt(before));
    }
    let rows = select.all(conn).await?;
    joined(conn, tenant, rows).await
}

/// Since when the oldest message of a source waits for its conversation.
pub(crate) async fn oldest_gap(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    source: SourceId,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    live(tenant)
        .select_only()
        .column(inbound_message::Column::ReceiveTime)
        .filter(inbound_message::Column::SourceId.eq(source.as_uuid()))
        .filter(inbound_message::Column::ProjectTime.is_null())
        .order_by_asc(inbound_message::Column::ReceiveTime)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await
}

/// Sets the time if it is unset, and returns the source of the message; none if there was nothing to set.
pub(crate) async fn mark(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: InboundMessageId,
    mark: Mark,
    time: DateTime<Utc>,
) -> Result<Option<SourceId>, DbErr> {
    let column = match mark {
        Mark::Projected => inbound_message::Column::ProjectTime,
        Mark::Answered => inbound_message::Column::AnswerTime,
    };
    let marked = inbound_message::Entity::update_many()
        .col_expr(column, Expr::value(time))
        .filter(inbound_message::Column::TenantId.eq(tenant.as_uuid()))
        .filter(inbound_message::Column::Id.eq(id.as_uuid()))
        .filter(column.is_null())
        .exec_with_returning(conn)
        .await?;
    Ok(marked.first().map(|row| SourceId::from_uuid(row.source_id)))
}

/// Adds to each row what its thread and its source know of it.
async fn joined(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    rows: Vec<inbound_message::Model>,
) -> Result<Vec<InboundMessage>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let thread_ids = rows.iter().map(|row| ThreadId::from_uuid(row.thread_id));
    let source_ids = rows.iter().map(|row| SourceId::from_uuid(row.source_id));
    let threads = threads::of_ids(conn, tenant, thread_ids).await?;
    let sources = sources::of_ids(conn, tenant, source_ids).await?;
    let threads: HashMap<Uuid, Thread> =
        threads.into_iter().map(|it| (it.id.as_uuid(), it)).collect();
    let sources: HashMap<Uuid, Source> =
        sources.into_iter().map(|it| (it.id.as_uuid(), it)).collect();
    let messages = rows.into_iter().map(|row| {
        let thread = threads.get(&row.thread_id).ok_or_else(unreadable)?;
        let source = sources.get(&row.source_id).ok_or_else(unreadable)?;
        message(row, thread, source)
    });
    messages.collect()
}

fn message(
    row: inbound_message::Model,
    thread: &Thread,
    source: &Source,
) -> Result<InboundMessage> {
    let analysis = match row.model {
        Some(model) => Some(Analysis {
            language_code: row.language_code.unwrap_or_default(),
            sentiment: row
                .sentiment
                .as_deref()
                .and_then(Sentiment::from_word)
                .ok_or_else(unreadable)?,
            sentiment_score: row.sentiment_score.unwrap_or_default(),
            intent: row.intent.unwrap_or_default(),
            intent_confidence: row.intent_confidence.unwrap_or_default(),
            model,
        }),
        None => None,
    };
    Ok(InboundMessage {
        id: InboundMessageId::from_uuid(row.id),
        envelope: EnvelopeId::from_uuid(row.envelope_id),
        source: source.id,
        thread: thread.id,
        channel: source.channel,
        realm: source.realm.clone(),
        sender: thread.external_id.clone(),
        kind: MessageKind::from_word(&row.kind).ok_or_else(unreadable)?,
        text: Redacted::new(row.text),
        analysis,
        provider_time: row.provider_time,
        receive_time: row.receive_time,
        project_time: row.project_time,
        answer_time: row.answer_time,
    })
}
