//! The table `envelopes`.

use chassis::tenant::TenantId;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, TryInsertResult, sea_query::Expr,
};
use uuid::Uuid;

use super::{entities::envelope, unreadable};
use crate::{
    domain::{
        Envelope, EnvelopeFilter, EnvelopeId, EnvelopeName, EnvelopeState, InboundMessageId,
        SourceId,
    },
    error::{Error, Result},
};

/// An envelope with what was in it.
pub(crate) struct Full {
    /// The envelope.
    pub(crate) envelope: Envelope,
    /// The body as it came.
    pub(crate) body: Vec<u8>,
    /// The authentic document: decrypted, if it came encrypted.
    pub(crate) document: Vec<u8>,
}

fn live(tenant: TenantId) -> Select<envelope::Entity> {
    envelope::Entity::find().filter(envelope::Column::TenantId.eq(tenant.as_uuid()))
}

/// Stores an envelope and returns true, or returns false if the source has one with this dedupe key.
pub(crate) async fn insert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    envelope: &Envelope,
    body: Vec<u8>,
    document: Option<Vec<u8>>,
) -> Result<bool, DbErr> {
    let row = envelope::ActiveModel {
        tenant_id: Set(tenant.as_uuid()),
        id: Set(envelope.id.as_uuid()),
        source_id: Set(envelope.source.as_uuid()),
        dedupe_key: Set(envelope.dedupe_key.clone()),
        state: Set(envelope.state.word().to_owned()),
        message_type: Set(envelope.message_type.clone()),
        failure: Set(envelope.failure.clone()),
        body: Set(body),
        document: Set(document),
        inbound_message_id: Set(envelope.inbound_message.map(|it| it.as_uuid())),
        receive_time: Set(envelope.receive_time),
    };
    let key = [envelope::Column::TenantId, envelope::Column::SourceId, envelope::Column::DedupeKey];
    let inserted = envelope::Entity::insert(row)
        .on_conflict_do_nothing_on(key)
        .exec_without_returning(conn)
        .await?;
    match inserted {
        TryInsertResult::Inserted(rows) => Ok(rows != 0),
        TryInsertResult::Conflicted | TryInsertResult::Empty => Ok(false),
    }
}

/// Stores what became of an envelope that was in state `from`; false if it is in another by now.
pub(crate) async fn conclude(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    envelope: &Envelope,
    from: EnvelopeState,
) -> Result<bool, DbErr> {
    let concluded = envelope::Entity::update_many()
        .col_expr(envelope::Column::State, Expr::value(envelope.state.word()))
        .col_expr(envelope::Column::MessageType, Expr::value(envelope.message_type.clone()))
        .col_expr(envelope::Column::Failure, Expr::value(envelope.failure.clone()))
        .col_expr(
            envelope::Column::InboundMessageId,
            Expr::value(envelope.inbound_message.map(|it| it.as_uuid())),
        )
        .filter(envelope::Column::TenantId.eq(tenant.as_uuid()))
        .filter(envelope::Column::Id.eq(envelope.id.as_uuid()))
        .filter(envelope::Column::State.eq(from.word()))
        .exec(conn)
        .await?;
    Ok(concluded.rows_affected != 0)
}

/// Returns an envelope and what was in it, or [`Error::EnvelopeNotFound`].
pub(crate) async fn get(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    name: EnvelopeName,
) -> Result<Full> {
    let found = live(tenant)
        .filter(envelope::Column::SourceId.eq(name.source.as_uuid()))
        .filter(envelope::Column::Id.eq(name.envelope.as_uuid()))
        .one(conn)
        .await?;
    let Some(mut row) = found else { return Err(Error::EnvelopeNotFound(name)) };
    let body = std::mem::take(&mut row.body);
    let document = row.document.take().unwrap_or_else(|| body.clone());
    Ok(Full { envelope: envelope(row.into())?, body, document })
}

/// Returns up to `limit` envelopes of a source before `before`, newest first, without their bodies.
pub(crate) async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    source: SourceId,
    filter: &EnvelopeFilter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Envelope>> {
    let mut select = live(tenant)
        .filter(envelope::Column::SourceId.eq(source.as_uuid()))
        .order_by_desc(envelope::Column::Id)
        .limit(limit);
    if let Some(state) = filter.state {
        select = select.filter(envelope::Column::State.eq(state.word()));
    }
    if let Some(message_type) = &filter.message_type {
        select = select.filter(envelope::Column::MessageType.eq(message_type));
    }
    if let Some(before) = before {
        select = select.filter(envelope::Column::Id.lt(before));
    }
    let rows = select.into_partial_model::<Bodiless>().all(conn).await?;
    rows.into_iter().map(envelope).collect()
}

/// Since when the oldest envelope of a source waits to be decoded.
pub(crate) async fn oldest_pending(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    source: SourceId,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    live(tenant)
        .select_only()
        .column(envelope::Column::ReceiveTime)
        .filter(envelope::Column::SourceId.eq(source.as_uuid()))
        .filter(envelope::Column::State.eq(EnvelopeState::Stored.word()))
        .order_by_asc(envelope::Column::ReceiveTime)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await
}

/// A row without what makes it long.
#[derive(sea_orm::DerivePartialModel)]
#[sea_orm(entity = "envelope::Entity")]
struct Bodiless {
    id: Uuid,
    source_id: Uuid,
    dedupe_key: String,
    state: String,
    message_type: Option<String>,
    failure: Option<String>,
    inbound_message_id: Option<Uuid>,
    receive_time: DateTime<Utc>,
}

impl From<envelope::Model> for Bodiless {
    fn from(row: envelope::Model) -> Self {
        Self {
            id: row.id,
            source_id: row.source_id,
            dedupe_key: row.dedupe_key,
            state: row.state,
            message_type: row.message_type,
            failure: row.failure,
            inbound_message_id: row.inbound_message_id,
            receive_time: row.receive_time,
        }
    }
}

fn envelope(row: Bodiless) -> Result<Envelope> {
    Ok(Envelope {
        id: EnvelopeId::from_uuid(row.id),
        source: SourceId::from_uuid(row.source_id),
        dedupe_key: row.dedupe_key,
        state: EnvelopeState::from_word(&row.state).ok_or_else(unreadable)?,
        message_type: row.message_type,
        failure: row.failure,
        inbound_message: row.inbound_message_id.map(InboundMessageId::from_uuid),
        receive_time: row.receive_time,
    })
}
