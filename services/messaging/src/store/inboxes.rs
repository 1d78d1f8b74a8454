//! The table `inboxes`.

use chassis::{
    database::{keyset, unique_violation},
    page::Place,
    tenant::TenantId,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::OnConflict,
};

use super::{
    codec,
    entities::inbox::{ActiveModel, Column, Entity, Model},
};
use crate::{
    domain::{
        Agent, Channel, DisplayName, Inbox,
        ids::{InboxId, SourceId},
        inbox::{Answering, Filter, Settings},
    },
    error::{Error, Result},
};

fn of(tenant: TenantId) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// Where every read starts that must not see a deleted inbox.
fn live(tenant: TenantId) -> Select<Entity> {
    of(tenant).filter(Column::DeleteTime.is_null())
}

/// Finds an inbox, deleted or not.
pub async fn find(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: InboxId,
) -> Result<Option<Inbox>> {
    read_one(of(tenant).filter(Column::Id.eq(id.as_uuid())), conn).await
}

/// Gets an inbox, deleted or not, or [`Error::InboxNotFound`].
pub async fn get(conn: &impl ConnectionTrait, tenant: TenantId, id: InboxId) -> Result<Inbox> {
    find(conn, tenant, id).await?.ok_or(Error::InboxNotFound(id))
}

/// Gets a live inbox, or [`Error::InboxNotFound`].
pub async fn get_live(conn: &impl ConnectionTrait, tenant: TenantId, id: InboxId) -> Result<Inbox> {
    let inbox = find(conn, tenant, id).await?.filter(|inbox| inbox.delete_time.is_none());
    inbox.ok_or(Error::InboxNotFound(id))
}

/// Finds the live inbox of a source.
pub async fn find_by_source(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    source: SourceId,
) -> Result<Option<Inbox>> {
    read_one(live(tenant).filter(Column::SourceId.eq(source.as_uuid())), conn).await
}

/// Finds an inbox or, if it is deleted, the live one that has its source now.
pub async fn find_live_or_successor(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: InboxId,
) -> Result<Option<Inbox>> {
    let inbox = get(conn, tenant, id).await?;
    match (inbox.delete_time, inbox.source) {
        (None, _) => Ok(Some(inbox)),
        (Some(_), Some(source)) => find_by_source(conn, tenant, source).await,
        (Some(_), None) => Ok(None),
    }
}

/// Reads a page of live inboxes, newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &Filter,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Inbox>> {
    let mut select = live(tenant);
    if let Some(channel) = filter.channel {
        select = select.filter(Column::Channel.eq(channel.name()));
    }
    match filter.source {
        Some(Some(source)) => select = select.filter(Column::SourceId.eq(source.as_uuid())),
        Some(None) => select = select.filter(Column::SourceId.is_null()),
        None => (),
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

/// Adds an inbox, or [`Error::SourceTaken`] if a live one has the source.
pub async fn insert(conn: &impl ConnectionTrait, tenant: TenantId, inbox: &Inbox) -> Result<()> {
    match Entity::insert(row(tenant, inbox)).exec_without_returning(conn).await {
        Ok(_) => Ok(()),
        Err(error) if names_source(&error) => Err(Error::SourceTaken),
        Err(error) => Err(error.into()),
    }
}

/// Adds an inbox unless a live one has the source, and tells whether it did.
pub async fn insert_first(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    inbox: &Inbox,
) -> Result<bool> {
    let insert =
        Entity::insert(row(tenant, inbox)).on_conflict(OnConflict::new().do_nothing().to_owned());
    Ok(insert.exec_without_returning(conn).await? == 1)
}

/// Stores what became of an inbox that was read at version `seen`, or [`Error::InboxChanged`].
pub async fn update(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    inbox: &Inbox,
    seen: u64,
) -> Result<()> {
    let mut row = row(tenant, inbox);
    (row.tenant_id, row.id) = (NotSet, NotSet);
    let updated = Entity::update_many()
        .set(row)
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(inbox.id.as_uuid()))
        .filter(Column::Version.eq(codec::column(seen)))
        .exec(conn)
        .await?;
    if updated.rows_affected == 0 {
        return Err(Error::InboxChanged(inbox.id));
    }
    Ok(())
}

async fn read_one(select: Select<Entity>, conn: &impl ConnectionTrait) -> Result<Option<Inbox>> {
    select.one(conn).await?.map(from_row).transpose()
}

fn names_source(error: &DbErr) -> bool {
    unique_violation(error).is_some_and(|key| key.contains("source_id"))
}

fn row(tenant: TenantId, inbox: &Inbox) -> ActiveModel {
    let settings = &inbox.settings;
    let model = Model {
        tenant_id: tenant.as_uuid(),
        id: inbox.id.as_uuid(),
        channel: inbox.channel.name().to_owned(),
        source_id: inbox.source.map(|it| it.as_uuid()),
        display_name: settings.display_name.as_str().to_owned(),
        auto_reply: match settings.answering {
            Answering::Rules => true,
            Answering::Agents => false,
        },
        default_assignee: settings.default_assignee.as_ref().map(|it| it.as_str().to_owned()),
        version: codec::column(inbox.version),
        create_time: inbox.create_time,
        update_time: inbox.update_time,
        delete_time: inbox.delete_time,
    };
    model.into_active_model().reset_all()
}

fn from_row(row: Model) -> Result<Inbox> {
    Ok(Inbox {
        id: InboxId::from_uuid(row.id),
        channel: codec::named(&row.channel, Channel::from_name)?,
        source: codec::id(row.source_id, SourceId::from_uuid),
        settings: Settings {
            display_name: DisplayName::known(row.display_name),
            answering: if row.auto_reply { Answering::Rules } else { Answering::Agents },
            default_assignee: row.default_assignee.map(Agent::known),
        },
        create_time: row.create_time,
        update_time: row.update_time,
        delete_time: row.delete_time,
        version: codec::counter(row.version)?,
    })
}
