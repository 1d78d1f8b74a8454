//! Use cases of products.

use chassis::{
    command::{RequestKey, Started},
    etag,
    page::{Page, PageRequest, Place},
    tenant::TenantId,
};

use super::{App, announce};
use crate::{
    domain::{Product, ProductChanges, ProductDraft, ProductFilter, ProductId},
    error::{Error, Result},
    store,
};

impl App {
    /// Creates a product and announces it. Both are committed, or neither is.
    pub async fn create_product(&self, key: &RequestKey, draft: ProductDraft) -> Result<Product> {
        let work = match self.db.command(key).await? {
            Started::Repeated(product) => return Ok(product),
            Started::Fresh(work) => work,
        };
        let (product, event) = Product::create(draft, self.clock.now());
        store::products::insert(work.txn(), key.tenant, &product).await?;
        announce(&work, key.tenant, &[event]).await?;
        work.commit(&product).await?;
        Ok(product)
    }

    /// Returns a product, deleted ones included.
    pub async fn get_product(&self, tenant: TenantId, id: ProductId) -> Result<Product> {
        let txn = self.db.read(tenant).await?;
        store::products::get(&txn, tenant, id).await
    }

    /// Lists live products, newest first. `scope` is the filter as the caller wrote it.
    pub async fn list_products(
        &self,
        tenant: TenantId,
        filter: &ProductFilter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Product>> {
        let listing = self.lists.begin(tenant, &["products", scope], request)?;
        let txn = self.db.read(tenant).await?;
        let found =
            store::products::page(&txn, tenant, filter, listing.after, listing.limit()).await?;
        Ok(self.lists.end(&listing, found, |product| Place {
            time: product.create_time,
            id: product.id.as_uuid(),
        }))
    }

    /// Changes the fields that are given.
    pub async fn update_product(
        &self,
        key: &RequestKey,
        id: ProductId,
        etag: &str,
        changes: ProductChanges,
    ) -> Result<Product> {
        let work = match self.db.command(key).await? {
            Started::Repeated(product) => return Ok(product),
            Started::Fresh(work) => work,
        };
        let product = store::products::lock_live(work.txn(), key.tenant, id).await?;
        if !etag::matches(etag, product.version) {
            return Err(Error::ProductChanged(id));
        }
        let product = match product.clone().update(changes, self.clock.now()) {
            None => product,
            Some((product, event)) => {
                store::products::update(work.txn(), key.tenant, &product).await?;
                announce(&work, key.tenant, &[event]).await?;
                product
            }
        };
        work.commit(&product).await?;
        Ok(product)
    }

    /// Deletes a product softly; orders keep their lines.
    pub async fn delete_product(
        &self,
        key: &RequestKey,
        id: ProductId,
        etag: &str,
    ) -> Result<Product> {
        let work = match self.db.command(key).await? {
            Started::Repeated(product) => return Ok(product),
            Started::Fresh(work) => work,
        };
        let product = store::products::lock_live(work.txn(), key.tenant, id).await?;
        if !etag::matches(etag, product.version) {
            return Err(Error::ProductChanged(id));
        }
        let Some((product, event)) = product.delete(self.clock.now()) else {
            return Err(Error::ProductNotFound(id));
        };
        store::products::update(work.txn(), key.tenant, &product).await?;
        announce(&work, key.tenant, &[event]).await?;
        work.commit(&product).await?;
        Ok(product)
    }
}
