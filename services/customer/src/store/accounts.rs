//! Rows of `accounts`.

use chassis::{
    database::{keyset::older, unique_violation},
    page::Place,
    tenant::TenantId,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::entities::account::{self, Column, Model};
use crate::{
    domain::{Account, AccountFilter, AccountId, AccountProfile, Domain, Text},
    error::{Error, Result},
};

/// Every account of the tenant, deleted ones included.
fn of(tenant: TenantId) -> Select<account::Entity> {
    account::Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// Where reads of live accounts start.
fn live(tenant: TenantId) -> Select<account::Entity> {
    of(tenant).filter(Column::DeleteTime.is_null())
}

/// Returns an account, deleted ones included, or [`Error::AccountNotFound`].
pub async fn get(conn: &impl ConnectionTrait, tenant: TenantId, id: AccountId) -> Result<Account> {
    match of(tenant).filter(Column::Id.eq(id.as_uuid())).one(conn).await? {
        Some(row) => Ok(from_row(row)),
        None => Err(Error::AccountNotFound(id)),
    }
}

/// Returns a live account for changing it, or [`Error::AccountNotFound`]: others who want to change it wait.
pub async fn lock_live(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: AccountId,
) -> Result<Account> {
    match live(tenant).filter(Column::Id.eq(id.as_uuid())).lock_exclusive().one(conn).await? {
        Some(row) => Ok(from_row(row)),
        None => Err(Error::AccountNotFound(id)),
    }
}

/// Makes sure that a live account stays one until the transaction ends, or [`Error::AccountNotFound`].
pub async fn hold_live(conn: &impl ConnectionTrait, tenant: TenantId, id: AccountId) -> Result<()> {
    match live(tenant).filter(Column::Id.eq(id.as_uuid())).lock_shared().one(conn).await? {
        Some(_) => Ok(()),
        None => Err(Error::AccountNotFound(id)),
    }
}

/// Returns up to `limit` live accounts, newest first, after `place`.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &AccountFilter,
    place: Option<Place>,
    limit: u64,
) -> Result<Vec<Account>> {
    let mut query = live(tenant);
    if let Some(domain) = &filter.domain {
        query = query.filter(Column::Domain.eq(domain));
    }
    if let Some(industry) = &filter.industry {
        query = query.filter(Column::Industry.eq(industry));
    }
    if let Some(place) = place {
        query = query.filter(older(Column::CreateTime, Column::Id, place));
    }
    let query = query.order_by_desc(Column::CreateTime).order_by_desc(Column::Id).limit(limit);
    Ok(query.all(conn).await?.into_iter().map(from_row).collect())
}

/// Adds an account, or [`Error::DomainTaken`] if another live one has that domain.
pub async fn insert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    account: &Account,
) -> Result<()> {
    let row = into_row(tenant, account).into_active_model();
    row.insert(conn).await.map(|_| ()).map_err(domain_taken)
}

/// Replaces the row of the version before, or [`Error::AccountChanged`] if it is another by now.
pub async fn update(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    account: &Account,
) -> Result<()> {
    let row = into_row(tenant, account);
    let before = row.version - 1;
    let updated = account::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(account.id.as_uuid()))
        .filter(Column::Version.eq(before))
        .exec(conn)
        .await
        .map_err(domain_taken)?;
    if updated.rows_affected == 0 { Err(Error::AccountChanged(account.id)) } else { Ok(()) }
}

fn domain_taken(error: DbErr) -> Error {
    match unique_violation(&error) {
        Some(key) if key.contains("domain") => Error::DomainTaken,
        Some(_) | None => error.into(),
    }
}

fn from_row(row: Model) -> Account {
    Account {
        id: AccountId::from_uuid(row.id),
        profile: AccountProfile {
            display_name: Text::from_row(row.display_name),
            domain: row.domain.map(Domain),
            industry: Text::from_row(row.industry),
        },
        version: u64::try_from(row.version).unwrap_or_default(),
        create_time: row.create_time,
        update_time: row.update_time,
        delete_time: row.delete_time,
    }
}

fn into_row(tenant: TenantId, account: &Account) -> Model {
    let profile = &account.profile;
    Model {
        tenant_id: tenant.as_uuid(),
        id: account.id.as_uuid(),
        display_name: profile.display_name.as_str().to_owned(),
        domain: profile.domain.as_ref().map(|domain| domain.0.clone()),
        industry: profile.industry.as_str().to_owned(),
        version: i64::try_from(account.version).unwrap_or(i64::MAX),
        create_time: account.create_time,
        update_time: account.update_time,
        delete_time: account.delete_time,
    }
}
