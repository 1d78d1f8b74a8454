//! A row of `messages`.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub sequence: i64,
    pub direction: String,
    pub author: String,
    pub agent: Option<String>,
    pub text: String,
    pub state: String,
    pub failure_reason: Option<String>,
    pub analysis: Option<Json>,
    pub in_reply_to_id: Option<Uuid>,
    pub inbound_message_id: Option<Uuid>,
    pub cause_event_id: Option<Uuid>,
    pub attempt: i32,
    pub provider_time: Option<DateTime<Utc>>,
    pub create_time: DateTime<Utc>,
    pub send_time: Option<DateTime<Utc>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
