//! Use cases of accounts.

use chassis::{
    command::{RequestKey, Started},
    etag,
    page::{Page, PageRequest, Place},
    tenant::TenantId,
};

use super::{App, announce};
use crate::{
    domain::{Account, AccountChange, AccountFilter, AccountId, AccountProfile},
    error::{Error, Result},
    store,
};

impl App {
    /// Creates an account and announces it.
    pub async fn create_account(
        &self,
        key: &RequestKey,
        profile: AccountProfile,
    ) -> Result<Account> {
        let work = match self.db.command(key).await? {
            Started::Repeated(account) => return Ok(account),
            Started::Fresh(work) => work,
        };
        let (account, event) = Account::create(profile, self.clock.now());
        store::accounts::insert(work.txn(), key.tenant, &account).await?;
        announce(&work, key.tenant, &[event]).await?;
        work.commit(&account).await?;
        Ok(account)
    }

    /// Returns an account, deleted ones included.
    pub async fn get_account(&self, tenant: TenantId, id: AccountId) -> Result<Account> {
        let txn = self.db.read(tenant).await?;
        store::accounts::get(&txn, tenant, id).await
    }

    /// Lists live accounts, newest first. `scope` is the filter as the caller wrote it.
    pub async fn list_accounts(
        &self,
        tenant: TenantId,
        filter: &AccountFilter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Account>> {
        let listing = self.lists.begin(tenant, &["accounts", scope], request)?;
        let txn = self.db.read(tenant).await?;
        let found =
            store::accounts::page(&txn, tenant, filter, listing.after, listing.limit()).await?;
        Ok(self.lists.end(&listing, found, |account| Place {
            time: account.create_time,
            id: account.id.as_uuid(),
        }))
    }

    /// Changes fields of an account; changing nothing announces nothing.
    pub async fn update_account(
        &self,
        key: &RequestKey,
        id: AccountId,
        etag: &str,
        change: AccountChange,
    ) -> Result<Account> {
        let work = match self.db.command(key).await? {
            Started::Repeated(account) => return Ok(account),
            Started::Fresh(work) => work,
        };
        let account = store::accounts::lock_live(work.txn(), key.tenant, id).await?;
        if !etag::matches(etag, account.version) {
            return Err(Error::AccountChanged(id));
        }
        let account = match account.clone().update(change, self.clock.now()) {
            None => account,
            Some((account, event)) => {
                store::accounts::update(work.txn(), key.tenant, &account).await?;
                announce(&work, key.tenant, &[event]).await?;
                account
            }
        };
        work.commit(&account).await?;
        Ok(account)
    }

    /// Deletes an account softly; its contacts stay.
    pub async fn delete_account(
        &self,
        key: &RequestKey,
        id: AccountId,
        etag: &str,
    ) -> Result<Account> {
        let work = match self.db.command(key).await? {
            Started::Repeated(account) => return Ok(account),
            Started::Fresh(work) => work,
        };
        let account = store::accounts::lock_live(work.txn(), key.tenant, id).await?;
        if !etag::matches(etag, account.version) {
            return Err(Error::AccountChanged(id));
        }
        let Some((account, event)) = account.delete(self.clock.now()) else {
            return Err(Error::AccountNotFound(id));
        };
        store::accounts::update(work.txn(), key.tenant, &account).await?;
        announce(&work, key.tenant, &[event]).await?;
        work.commit(&account).await?;
        Ok(account)
    }
}
