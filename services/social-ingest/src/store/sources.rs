//! The table `sources`.

use chassis::{database::unique_violation, tenant::TenantId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr, sea_query::ExprTrait,
};
use uuid::Uuid;

use super::{entities::source, signed, unreadable, unsigned};
use crate::{
    domain::{BaseUrl, Channel, DisplayName, Source, SourceFilter, SourceId, SourceState},
    error::{Error, Result},
};

/// A source with its sealed credentials; they are gone once it is disconnected.
#[derive(Clone)]
pub(crate) struct Sealed {
    /// Whose it is.
    pub(crate) tenant: TenantId,
    /// The source.
    pub(crate) source: Source,
    /// What [`crate::app`] sealed.
    pub(crate) credentials: Option<Vec<u8>>,
}

/// Where every read starts. A disconnected source is still there.
fn live(tenant: TenantId) -> Select<source::Entity> {
    source::Entity::find().filter(source::Column::TenantId.eq(tenant.as_uuid()))
}

/// Adds a source, or fails with [`Error::AccountConnected`].
pub(crate) async fn insert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    source: &Source,
    credentials: Vec<u8>,
) -> Result<()> {
    let row = source::ActiveModel {
        tenant_id: Set(tenant.as_uuid()),
        id: Set(source.id.as_uuid()),
        display_name: Set(source.display_name.as_str().to_owned()),
        channel: Set(source.channel.word().to_owned()),
        api_base_url: Set(source.api_base_url.as_ref().map(|it| it.as_str().to_owned())),
        state: Set(source.state.word().to_owned()),
        realm: Set(source.realm.clone()),
        credentials: Set(Some(credentials)),
        create_time: Set(source.create_time),
        update_time: Set(source.update_time),
        version: Set(signed(source.version)),
    };
    match source::Entity::insert(row).exec_without_returning(conn).await {
        Ok(_) => Ok(()),
        Err(error) if unique_violation(&error).is_some() => Err(Error::AccountConnected),
        Err(error) => Err(error.into()),
    }
}

/// What becomes of the credentials in an update.
pub(crate) enum Credentials {
    /// They stay.
    Keep,
    /// They are replaced by these, sealed.
    Replace(Vec<u8>),
    /// They are destroyed.
    Destroy,
}

/// Stores a source that was `version` one lower, or fails with [`Error::SourceChanged`].
pub(crate) async fn update(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    source: &Source,
    credentials: Credentials,
) -> Result<()> {
    let mut update = source::Entity::update_many()
        .col_expr(source::Column::DisplayName, Expr::value(source.display_name.as_str()))
        .col_expr(
            source::Column::ApiBaseUrl,
            Expr::value(source.api_base_url.as_ref().map(BaseUrl::as_str)),
        )
        .col_expr(source::Column::State, Expr::value(source.state.word()))
        .col_expr(source::Column::UpdateTime, Expr::value(source.update_time))
        .col_expr(source::Column::Version, Expr::value(signed(source.version)))
        .filter(source::Column::TenantId.eq(tenant.as_uuid()))
        .filter(source::Column::Id.eq(source.id.as_uuid()))
        .filter(source::Column::Version.eq(signed(source.version) - 1));
    let replaced = match credentials {
        Credentials::Keep => None,
        Credentials::Replace(sealed) => Some(Some(sealed)),
        Credentials::Destroy => Some(None),
    };
    if let Some(credentials) = replaced {
        update = update.col_expr(source::Column::Credentials, Expr::value(credentials));
    }
    match update.exec(conn).await?.rows_affected {
        0 => Err(Error::SourceChanged(source.id)),
        _ => Ok(()),
    }
}

/// Counts an event of the source that changes none of its fields, and returns its new version.
pub(crate) async fn bump(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: SourceId,
) -> Result<u64, DbErr> {
    let bumped = source::Entity::update_many()
        .col_expr(source::Column::Version, Expr::col(source::Column::Version).add(1))
        .filter(source::Column::TenantId.eq(tenant.as_uuid()))
        .filter(source::Column::Id.eq(id.as_uuid()))
        .exec_with_returning(conn)
        .await?;
    match bumped.first() {
        Some(row) => Ok(unsigned(row.version)),
        None => Err(DbErr::RecordNotUpdated),
    }
}

/// Returns a source, or [`Error::SourceNotFound`].
pub(crate) async fn get(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: SourceId,
) -> Result<Sealed> {
    match live(tenant).filter(source::Column::Id.eq(id.as_uuid())).one(conn).await? {
        Some(row) => sealed(row),
        None => Err(Error::SourceNotFound(id)),
    }
}

/// Finds a source by its id alone: a webhook carries no tenant.
pub(crate) async fn find_anywhere(
    conn: &impl ConnectionTrait,
    id: SourceId,
) -> Result<Option<Sealed>> {
    let found =
        source::Entity::find().filter(source::Column::Id.eq(id.as_uuid())).one(conn).await?;
    found.map(sealed).transpose()
}

/// Returns those of the given ids that exist.
pub(crate) async fn of_ids(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    ids: impl IntoIterator<Item = SourceId>,
) -> Result<Vec<Source>> {
    let ids = ids.into_iter().map(|it| it.as_uuid());
    let rows = live(tenant).filter(source::Column::Id.is_in(ids)).all(conn).await?;
    rows.into_iter().map(|row| Ok(sealed(row)?.source)).collect()
}

/// Returns up to `limit` sources before `before`, newest first.
pub(crate) async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &SourceFilter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Source>> {
    let mut select = live(tenant).order_by_desc(source::Column::Id).limit(limit);
    if let Some(channel) = filter.channel {
        select = select.filter(source::Column::Channel.eq(channel.word()));
    }
    if let Some(state) = filter.state {
        select = select.filter(source::Column::State.eq(state.word()));
    }
    if let Some(before) = before {
        select = select.filter(source::Column::Id.lt(before));
    }
    let rows = select.all(conn).await?;
    rows.into_iter().map(|row| Ok(sealed(row)?.source)).collect()
}

fn sealed(row: source::Model) -> Result<Sealed> {
    Ok(Sealed {
        tenant: TenantId::new(row.tenant_id),
        source: Source {
            id: SourceId::from_uuid(row.id),
            display_name: DisplayName::from_row(row.display_name),
            channel: Channel::from_word(&row.channel).ok_or_else(unreadable)?,
            api_base_url: row.api_base_url.map(BaseUrl::from_row),
            state: SourceState::from_word(&row.state).ok_or_else(unreadable)?,
            realm: row.realm,
            create_time: row.create_time,
            update_time: row.update_time,
            version: unsigned(row.version),
        },
        credentials: row.credentials,
    })
}
