//! Use cases of auto-reply rules.

use chassis::{
    command::{RequestKey, Started},
    etag,
    page::{Page, PageRequest},
    tenant::TenantId,
};
use sea_orm::ConnectionTrait;

use super::App;
use crate::{
    announce,
    domain::{
        Rule,
        ids::RuleId,
        rule::{Content, Event, Filter, Place},
    },
    error::{Error, Result},
    store,
};

impl App {
    /// Creates a rule and announces it.
    pub async fn create_rule(&self, key: &RequestKey, content: Content) -> Result<Rule> {
        let work = match self.db.command(key).await? {
            Started::Repeated(rule) => return Ok(rule),
            Started::Fresh(work) => work,
        };
        check_inbox(work.txn(), key.tenant, &content).await?;
        let (rule, event) = Rule::create(content, self.clock.now());
        store::rules::insert(work.txn(), key.tenant, &rule).await?;
        let message = announce::rule(key.tenant, &rule, event, rule.update_time);
        bus::outbox::append(work.txn(), &[message]).await?;
        work.commit(&rule).await?;
        Ok(rule)
    }

    /// Returns a rule.
    pub async fn get_rule(&self, tenant: TenantId, id: RuleId) -> Result<Rule> {
        let txn = self.db.read(tenant).await?;
        store::rules::get(&txn, tenant, id).await
    }

    /// Lists rules in the order in which they decide. `scope` is the filter as the caller wrote it.
    pub async fn list_rules(
        &self,
        tenant: TenantId,
        filter: &Filter,
        scope: &str,
        request: &PageRequest,
    ) -> Result<Page<Rule>> {
        let listing = self.lists.begin(tenant, &["autoReplyRules", scope], request)?;
        let txn = self.db.read(tenant).await?;
        let found =
            store::rules::page(&txn, tenant, filter, listing.after, listing.limit()).await?;
        Ok(self.lists.end(&listing, found, |rule| Place {
            priority: rule.content.priority,
            create_time: rule.create_time,
            id: rule.id.as_uuid(),
        }))
    }

    /// Changes what a rule says, as `change` makes it of what it says now.
    pub async fn update_rule(
        &self,
        key: &RequestKey,
        id: RuleId,
        etag: &str,
        change: impl FnOnce(Content) -> Result<Content>,
    ) -> Result<Rule> {
        let work = match self.db.command(key).await? {
            Started::Repeated(rule) => return Ok(rule),
            Started::Fresh(work) => work,
        };
        let mut rule = seen(store::rules::get(work.txn(), key.tenant, id).await?, etag)?;
        let version = rule.version;
        let content = change(rule.content.clone())?;
        if content.inbox != rule.content.inbox {
            check_inbox(work.txn(), key.tenant, &content).await?;
        }
        if let Some(event) = rule.update(content, self.clock.now()) {
            store::rules::update(work.txn(), key.tenant, &rule, version).await?;
            let message = announce::rule(key.tenant, &rule, event, rule.update_time);
            bus::outbox::append(work.txn(), &[message]).await?;
        }
        work.commit(&rule).await?;
        Ok(rule)
    }

    /// Deletes a rule for good and returns it as it was.
    pub async fn delete_rule(&self, key: &RequestKey, id: RuleId, etag: &str) -> Result<Rule> {
        let work = match self.db.command(key).await? {
            Started::Repeated(rule) => return Ok(rule),
            Started::Fresh(work) => work,
        };
        let rule = seen(store::rules::get(work.txn(), key.tenant, id).await?, etag)?;
        store::rules::delete(work.txn(), key.tenant, &rule).await?;
        let message = announce::rule(key.tenant, &rule, Event::Deleted, self.clock.now());
        bus::outbox::append(work.txn(), &[message]).await?;
        work.commit(&rule).await?;
        Ok(rule)
    }
}

/// A rule may be about a live inbox of the tenant only.
async fn check_inbox(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    content: &Content,
) -> Result<()> {
    if let Some(inbox) = content.inbox {
        store::inboxes::get_live(conn, tenant, inbox).await?;
    }
    Ok(())
}

fn seen(rule: Rule, etag: &str) -> Result<Rule> {
    if etag::matches(etag, rule.version) { Ok(rule) } else { Err(Error::RuleChanged(rule.id)) }
}
