//! Rows of `products`.

use std::collections::HashMap;

use chassis::{
    database::{keyset::older, unique_violation},
    page::Place,
    tenant::TenantId,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::entities::product::{self, Column, Model};
use crate::{
    domain::{Code, Currency, Money, Product, ProductFilter, ProductId, Text},
    error::{Error, Result},
};

/// Every product of the tenant, deleted ones included.
fn of(tenant: TenantId) -> Select<product::Entity> {
    product::Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// Where reads of live products start, so that none can forget the tenant or see a deleted row.
fn live(tenant: TenantId) -> Select<product::Entity> {
    of(tenant).filter(Column::DeleteTime.is_null())
}

/// Returns a product, deleted ones included, or [`Error::ProductNotFound`].
pub async fn get(conn: &impl ConnectionTrait, tenant: TenantId, id: ProductId) -> Result<Product> {
    match of(tenant).filter(Column::Id.eq(id.as_uuid())).one(conn).await? {
        Some(row) => Ok(from_row(row)),
        None => Err(Error::ProductNotFound(id)),
    }
}

/// Returns those of `ids` that are live products.
pub async fn find_live(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    ids: &[ProductId],
) -> Result<HashMap<ProductId, Product>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = ids.iter().map(ProductId::as_uuid);
    let rows = live(tenant).filter(Column::Id.is_in(ids)).all(conn).await?;
    Ok(rows.into_iter().map(from_row).map(|product| (product.id, product)).collect())
}

/// Returns a live product for changing it, or [`Error::ProductNotFound`]: others who want to change it wait.
pub async fn lock_live(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    id: ProductId,
) -> Result<Product> {
    match live(tenant).filter(Column::Id.eq(id.as_uuid())).lock_exclusive().one(conn).await? {
        Some(row) => Ok(from_row(row)),
        None => Err(Error::ProductNotFound(id)),
    }
}

/// Returns up to `limit` live products, newest first, after `place`.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &ProductFilter,
    place: Option<Place>,
    limit: u64,
) -> Result<Vec<Product>> {
    let mut query = live(tenant);
    if let Some(sku) = &filter.sku {
        query = query.filter(Column::Sku.eq(sku));
    }
    if let Some(place) = place {
        query = query.filter(older(Column::CreateTime, Column::Id, place));
    }
    let query = query.order_by_desc(Column::CreateTime).order_by_desc(Column::Id).limit(limit);
    Ok(query.all(conn).await?.into_iter().map(from_row).collect())
}

/// Adds a product, or [`Error::SkuTaken`] if another live one has that stock keeping unit.
pub async fn insert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    product: &Product,
) -> Result<()> {
    let row = into_row(tenant, product).into_active_model();
    row.insert(conn).await.map(|_| ()).map_err(sku_taken)
}

/// Replaces the row of the version before, or [`Error::ProductChanged`] if it is another by now.
pub async fn update(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    product: &Product,
) -> Result<()> {
    let row = into_row(tenant, product);
    let before = row.version - 1;
    let updated = product::Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(product.id.as_uuid()))
        .filter(Column::Version.eq(before))
        .exec(conn)
        .await?;
    if updated.rows_affected == 0 { Err(Error::ProductChanged(product.id)) } else { Ok(()) }
}

fn sku_taken(error: DbErr) -> Error {
    match unique_violation(&error) {
        Some(key) if key.contains("sku") => Error::SkuTaken,
        Some(_) | None => error.into(),
    }
}

fn from_row(row: Model) -> Product {
    Product {
        id: ProductId::from_uuid(row.id),
        sku: Code::known(row.sku),
        display_name: Text::from_row(row.display_name),
        description: Text::from_row(row.description),
        price: Money {
            currency: Currency::from_row(row.currency_code),
            minor_units: row.price_minor_units,
        },
        version: u64::try_from(row.version).unwrap_or_default(),
        create_time: row.create_time,
        update_time: row.update_time,
        delete_time: row.delete_time,
    }
}

fn into_row(tenant: TenantId, product: &Product) -> Model {
    Model {
        tenant_id: tenant.as_uuid(),
        id: product.id.as_uuid(),
        sku: product.sku.as_str().to_owned(),
        display_name: product.display_name.as_str().to_owned(),
        description: product.description.as_str().to_owned(),
        currency_code: product.price.currency.as_str().to_owned(),
        price_minor_units: product.price.minor_units,
        version: i64::try_from(product.version).unwrap_or(i64::MAX),
        create_time: product.create_time,
        update_time: product.update_time,
        delete_time: product.delete_time,
    }
}
