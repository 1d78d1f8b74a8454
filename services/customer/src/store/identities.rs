//! Rows of `identities`: a key stands in one row of a tenant at most, and the database decides races.

use chassis::{database::keyset::newer, page::Place, tenant::TenantId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select, TryInsertResult, sea_query::OnConflict,
};

use super::entities::identity::{self, Column, Model};
use crate::{
    domain::{Channel, ContactId, Identity, IdentityId, IdentityKey, IdentityName, Text},
    error::{Error, Result},
};

/// Every identity of the tenant; those of deleted contacts are gone.
fn of(tenant: TenantId) -> Select<identity::Entity> {
    identity::Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

fn with_key(tenant: TenantId, key: &IdentityKey) -> Select<identity::Entity> {
    of(tenant)
        .filter(Column::Channel.eq(channel_name(key.channel)))
        .filter(Column::Realm.eq(&key.realm))
        .filter(Column::ExternalId.eq(key.external_id.as_str()))
}

/// Returns the identity with this key, if any contact has it.
pub async fn find(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    key: &IdentityKey,
) -> Result<Option<Identity>> {
    Ok(with_key(tenant, key).one(conn).await?.and_then(from_row))
}

/// As [`find`], and nobody takes the identity from its contact before this transaction ends.
pub async fn hold(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    key: &IdentityKey,
) -> Result<Option<Identity>> {
    Ok(with_key(tenant, key).lock_shared().one(conn).await?.and_then(from_row))
}

/// Returns an identity by name, or [`Error::IdentityNotFound`].
pub async fn get(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    name: IdentityName,
) -> Result<Identity> {
    let row = of(tenant)
        .filter(Column::Id.eq(name.identity.as_uuid()))
        .filter(Column::ContactId.eq(name.contact.as_uuid()))
        .one(conn)
        .await?;
    row.and_then(from_row).ok_or(Error::IdentityNotFound(Some(name)))
}

/// Returns up to `limit` identities of a contact, oldest first, after `place`.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    contact: ContactId,
    place: Option<Place>,
    limit: u64,
) -> Result<Vec<Identity>> {
    let mut query = of(tenant).filter(Column::ContactId.eq(contact.as_uuid()));
    if let Some(place) = place {
        query = query.filter(newer(Column::LinkTime, Column::Id, place));
    }
    let query = query.order_by_asc(Column::LinkTime).order_by_asc(Column::Id).limit(limit);
    Ok(query.all(conn).await?.into_iter().filter_map(from_row).collect())
}

/// Adds an identity and tells whether it was free. Waits for a transaction that is adding the same one.
pub async fn claim(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    identity: &Identity,
) -> Result<bool> {
    let key = [Column::TenantId, Column::Channel, Column::Realm, Column::ExternalId];
    let row = into_row(tenant, identity).into_active_model();
    let inserted = identity::Entity::insert(row)
        .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(conn)
        .await?;
    Ok(match inserted {
        TryInsertResult::Inserted(rows) => rows != 0,
        TryInsertResult::Empty | TryInsertResult::Conflicted => false,
    })
}

/// Removes one identity.
pub async fn remove(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    identity: &Identity,
) -> Result<()> {
    identity::Entity::delete_many()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(identity.id.as_uuid()))
        .exec(conn)
        .await?;
    Ok(())
}

/// Releases every identity of a contact that is being deleted.
pub async fn release(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    contact: ContactId,
) -> Result<()> {
    identity::Entity::delete_many()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::ContactId.eq(contact.as_uuid()))
        .exec(conn)
        .await?;
    Ok(())
}

fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Wechat => "wechat",
        Channel::Wecom => "wecom",
        Channel::Weibo => "weibo",
        Channel::Qq => "qq",
        Channel::Whatsapp => "whatsapp",
        Channel::Email => "email",
        Channel::Phone => "phone",
        Channel::Web => "web",
        Channel::Shop => "shop",
        Channel::Telegram => "telegram",
    }
}

fn channel_of(name: &str) -> Option<Channel> {
    const ALL: [Channel; 10] = [
        Channel::Wechat,
        Channel::Wecom,
        Channel::Weibo,
        Channel::Qq,
        Channel::Whatsapp,
        Channel::Email,
        Channel::Phone,
        Channel::Web,
        Channel::Shop,
        Channel::Telegram,
    ];
    ALL.into_iter().find(|channel| channel_name(*channel) == name)
}

/// A row of a channel that only a newer release knows is not there for this one.
fn from_row(row: Model) -> Option<Identity> {
    Some(Identity {
        id: IdentityId::from_uuid(row.id),
        contact: ContactId::from_uuid(row.contact_id),
        key: IdentityKey {
            channel: channel_of(&row.channel)?,
            realm: row.realm,
            external_id: Text::from_row(row.external_id),
        },
        link_time: row.link_time,
    })
}

fn into_row(tenant: TenantId, identity: &Identity) -> Model {
    Model {
        tenant_id: tenant.as_uuid(),
        id: identity.id.as_uuid(),
        contact_id: identity.contact.as_uuid(),
        channel: channel_name(identity.key.channel).to_owned(),
        realm: identity.key.realm.clone(),
        external_id: identity.key.external_id.as_str().to_owned(),
        link_time: identity.link_time,
    }
}
