//! The table `auto_reply_rules`.

use std::collections::BTreeMap;

use chassis::tenant::TenantId;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, Condition, ConnectionTrait, DbErr,
    EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};

use super::{
    codec,
    entities::auto_reply_rule::{ActiveModel, Column, Entity, Model},
};
use crate::{
    domain::{
        Agent, DisplayName, Rule,
        ids::{InboxId, RuleId},
        rule::{Action, Content, Filter, Intent, Place, Replies, Switch},
    },
    error::{Error, Result},
};

/// Most rules that are looked at for one message.
const MOST_DECIDING: u64 = 1_000;

/// Where every read starts.
fn of(tenant: TenantId) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

fn in_order(select: Select<Entity>) -> Select<Entity> {
    select.order_by_asc(Column::Priority).order_by_asc(Column::CreateTime).order_by_asc(Column::Id)
}

/// Gets a rule, or [`Error::RuleNotFound`].
pub async fn get(conn: &impl ConnectionTrait, tenant: TenantId, id: RuleId) -> Result<Rule> {
    let row = of(tenant).filter(Column::Id.eq(id.as_uuid())).one(conn).await?;
    row.map(from_row).transpose()?.ok_or(Error::RuleNotFound(id))
}

/// Reads the enabled rules that are about messages of `inbox`, in the order in which they decide.
pub async fn deciding(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    inbox: InboxId,
) -> Result<Vec<Rule>> {
    let here =
        Condition::any().add(Column::InboxId.is_null()).add(Column::InboxId.eq(inbox.as_uuid()));
    let select = of(tenant).filter(Column::Enabled.eq(true)).filter(here).limit(MOST_DECIDING);
    let rows = in_order(select).all(conn).await?;
    rows.into_iter().map(from_row).collect()
}

/// Reads a page of rules in the order in which they decide.
pub async fn page(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    filter: &Filter,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Rule>> {
    let mut select = of(tenant);
    if let Some(intent) = &filter.intent {
        select = select.filter(Column::Intent.eq(intent));
    }
    match filter.inbox {
        Some(Some(inbox)) => select = select.filter(Column::InboxId.eq(inbox.as_uuid())),
        Some(None) => select = select.filter(Column::InboxId.is_null()),
        None => (),
    }
    if let Some(Place { priority, create_time, id }) = after {
        let same_time = Condition::all()
            .add(Column::Priority.eq(priority))
            .add(Column::CreateTime.eq(create_time))
            .add(Column::Id.gt(id));
        let same_priority = Condition::all()
            .add(Column::Priority.eq(priority))
            .add(Column::CreateTime.gt(create_time));
        let behind =
            Condition::any().add(Column::Priority.gt(priority)).add(same_priority).add(same_time);
        select = select.filter(behind);
    }
    let rows = in_order(select).limit(limit).all(conn).await?;
    rows.into_iter().map(from_row).collect()
}

/// Adds a rule.
pub async fn insert(conn: &impl ConnectionTrait, tenant: TenantId, rule: &Rule) -> Result<()> {
    Entity::insert(row(tenant, rule)?).exec_without_returning(conn).await?;
    Ok(())
}

/// Stores what became of a rule that was read at version `seen`, or [`Error::RuleChanged`].
pub async fn update(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    rule: &Rule,
    seen: u64,
) -> Result<()> {
    let mut row = row(tenant, rule)?;
    (row.tenant_id, row.id) = (NotSet, NotSet);
    let updated = Entity::update_many()
        .set(row)
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(rule.id.as_uuid()))
        .filter(Column::Version.eq(codec::column(seen)))
        .exec(conn)
        .await?;
    if updated.rows_affected == 0 {
        return Err(Error::RuleChanged(rule.id));
    }
    Ok(())
}

/// Deletes a rule that was read, or [`Error::RuleChanged`] if it has another version by now.
pub async fn delete(conn: &impl ConnectionTrait, tenant: TenantId, rule: &Rule) -> Result<()> {
    let deleted = Entity::delete_many()
        .filter(Column::TenantId.eq(tenant.as_uuid()))
        .filter(Column::Id.eq(rule.id.as_uuid()))
        .filter(Column::Version.eq(codec::column(rule.version)))
        .exec(conn)
        .await?;
    if deleted.rows_affected == 0 {
        return Err(Error::RuleChanged(rule.id));
    }
    Ok(())
}

fn row(tenant: TenantId, rule: &Rule) -> Result<ActiveModel, DbErr> {
    let content = &rule.content;
    let replies = serde_json::to_value(content.replies.by_language());
    let model = Model {
        tenant_id: tenant.as_uuid(),
        id: rule.id.as_uuid(),
        display_name: content.display_name.as_str().to_owned(),
        intent: content.intent.as_str().to_owned(),
        inbox_id: content.inbox.map(|it| it.as_uuid()),
        action: content.action.name().to_owned(),
        replies: replies.map_err(|_| codec::unreadable())?,
        assignee: content.assignee.as_ref().map(|it| it.as_str().to_owned()),
        priority: content.priority,
        enabled: match content.switch {
            Switch::On => true,
            Switch::Off => false,
        },
        version: codec::column(rule.version),
        create_time: rule.create_time,
        update_time: rule.update_time,
    };
    Ok(model.into_active_model().reset_all())
}

fn from_row(row: Model) -> Result<Rule> {
    let replies: BTreeMap<String, String> =
        serde_json::from_value(row.replies).map_err(|_| codec::unreadable())?;
    Ok(Rule {
        id: RuleId::from_uuid(row.id),
        content: Content {
            display_name: DisplayName::known(row.display_name),
            intent: Intent::known(row.intent),
            inbox: codec::id(row.inbox_id, InboxId::from_uuid),
            action: codec::named(&row.action, Action::from_name)?,
            replies: Replies::known(replies),
            assignee: row.assignee.map(Agent::known),
            priority: row.priority,
            switch: if row.enabled { Switch::On } else { Switch::Off },
        },
        create_time: row.create_time,
        update_time: row.update_time,
        version: codec::counter(row.version)?,
    })
}
