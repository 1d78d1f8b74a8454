//! Rows of `contacts`.

use chassis::{
    database::{keyset::older, unique_violation},
    page::Place,
    tenant::TenantId,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LikeExpr},
};

use super::entities::contact::{self, Column, Model};
use crate::{
    domain::{
        AccountId, Contact, ContactFilter, ContactId, Email, LanguageCode, Phone, Profile, Tags,
        Text,
    },
    error::{Error, Result},
};

/// Every contact of the tenant, deleted ones included.
fn of(tenant: TenantId) -> Select<contact::Entity> {
    contact::Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// Where reads of live contacts start, so that none can forget the tenant or see a deleted row.
fn live(tenant: TenantId) -> Select<contact::Entity> {
    of(tenant).filter(Column::DeleteTime.is_null())
}

/// Returns a contact, deleted ones included, or [`Error::ContactNotFound`].
pub async fn get(conn: &impl ConnectionTrait, tenant: TenantId, id: ContactId) -> Result<Contact> {
    match of(tenant).filter(Column::Id.eq(id.as_uuid())).one(conn).await? {
        Some(row) => Ok(from_row(row)),
        None => Err(Error::ContactNotFound(id)),
    }
}

/// Returns a contact for changing it, deleted ones included: others who want to change it wait.
pub async fn lock(conn: &impl ConnectionTrait, tenant: TenantId, id: ContactId) -> Result<Contact> {
    match of(tenant).filter(Column::Id.eq(id.as_uuid())).lock_exclusive().one(conn).await? {
        Some(row) => Ok(from_row(row)),
        None => Err(Error::ContactNotFound(id)),
    }
}

/// Returns a live contact for changing it, or [`Error::ContactNotFound`].
pub async fn lock_live(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: ContactId,
) -> Result<Contact> {
    match lock(conn, tenant, id).await? {
        contact if contact.delete_time.is_none() => Ok(contact),
        _ => Err(Error::ContactNotFound(id)),
    }
}

/// Returns up to `limit` contacts, newest first, after `place`.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &ContactFilter,
    place: Option<Place>,
    limit: u64,
) -> Result<Vec<Contact>> {
    let mut query = if filter.show_deleted { of(tenant) } else { live(tenant) };
    if let Some(account) = filter.account {
        query = query.filter(Column::AccountId.eq(account.as_uuid()));
    }
    if let Some(language_code) = &filter.language_code {
        query = query.filter(Column::LanguageCode.eq(language_code));
    }
    if let Some(email) = &filter.email {
        query = query.filter(Column::Email.eq(email));
    }
    for tag in &filter.tags {
        let line = lines(std::slice::from_ref(tag));
        let escaped = line.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = LikeExpr::new(format!("%{escaped}%")).escape('\\');
        query = query.filter(Expr::col(Column::Tags).like(pattern));
    }
    if let Some(place) = place {
        query = query.filter(older(Column::CreateTime, Column::Id, place));
    }
    let query = query.order_by_desc(Column::CreateTime).order_by_desc(Column::Id).limit(limit);
    Ok(query.all(conn).await?.into_iter().map(from_row).collect())
}

/// Adds a contact, or [`Error::EmailTaken`] if another live one has that address.
pub async fn insert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    contact: &Contact,
) -> Result<()> {
    let row = into_row(tenant, contact).into_active_model();
    row.insert(conn).await.map(|_| ()).map_err(email_taken)
}

/// Replaces the row of the version before, or [`Error::ContactChanged`] if it is another by now.
pub async fn update(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    contact: &Contact,
) -> Result<()> {
    let row = into_row(tenant, contact);
    let before = row.version - 1;
    let updated = contact::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(contact.id.as_uuid()))
        .filter(Column::Version.eq(before))
        .exec(conn)
        .await
        .map_err(email_taken)?;
    if updated.rows_affected == 0 { Err(Error::ContactChanged(contact.id)) } else { Ok(()) }
}

fn email_taken(error: DbErr) -> Error {
    match unique_violation(&error) {
        Some(key) if key.contains("email") => Error::EmailTaken,
        Some(_) | None => error.into(),
    }
}

/// Labels as the column has them: a line break before and after each, which none of them contains.
fn lines(tags: &[String]) -> String {
    if tags.is_empty() { String::new() } else { format!("\n{}\n", tags.join("\n")) }
}

fn from_row(row: Model) -> Contact {
    Contact {
        id: ContactId::from_uuid(row.id),
        profile: Profile {
            display_name: Text::from_row(row.display_name),
            email: row.email.map(Email::from_row),
            phone: row.phone.map(Phone::from_row),
            language_code: LanguageCode(row.language_code),
            account: row.account_id.map(AccountId::from_uuid),
            tags: Tags(row.tags.lines().filter(|tag| !tag.is_empty()).map(str::to_owned).collect()),
        },
        version: u64::try_from(row.version).unwrap_or_default(),
        create_time: row.create_time,
        update_time: row.update_time,
        delete_time: row.delete_time,
    }
}

fn into_row(tenant: TenantId, contact: &Contact) -> Model {
    let profile = &contact.profile;
    Model {
        tenant_id: tenant.as_uuid(),
        id: contact.id.as_uuid(),
        display_name: profile.display_name.as_str().to_owned(),
        email: profile.email.as_ref().map(|email| email.as_str().to_owned()),
        phone: profile.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        language_code: profile.language_code.0.clone(),
        account_id: profile.account.map(|account| account.as_uuid()),
        tags: lines(&profile.tags.0),
        version: i64::try_from(contact.version).unwrap_or(i64::MAX),
        create_time: contact.create_time,
        update_time: contact.update_time,
        delete_time: contact.delete_time,
    }
}
