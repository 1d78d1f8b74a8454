//! A row of `facts`.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "facts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub generation: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: String,
    pub event_time: DateTime<Utc>,
    pub day: String,
    pub resource: String,
    pub value: i64,
    pub author: String,
    pub channel: String,
    pub contact: String,
    pub currency: String,
    pub direction: String,
    pub intent: String,
    pub kind: String,
    pub language: String,
    pub outcome: String,
    pub reason: String,
    pub sentiment: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
