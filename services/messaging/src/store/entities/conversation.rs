//! A row of `conversations`.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub inbox_id: Uuid,
    pub contact_id: Uuid,
    pub thread_id: Option<Uuid>,
    pub channel: String,
    pub status: String,
    pub assignee: Option<String>,
    pub last_sequence: i64,
    pub last_inbound_time: Option<DateTime<Utc>>,
    pub waiting_since_time: Option<DateTime<Utc>>,
    pub waiting_message_id: Option<Uuid>,
    pub first_response_time: Option<DateTime<Utc>>,
    pub snooze_until_time: Option<DateTime<Utc>>,
    pub version: i64,
    pub create_time: DateTime<Utc>,
    pub update_time: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
