//! The table `deliveries`.

use sea_orm::entity::prelude::*;

#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub message_id: Uuid,
    pub attempt: i32,
    pub source_id: Uuid,
    pub thread_id: Uuid,
    pub position: i64,
    pub channel: String,
    pub state: String,
    pub attempts: i32,
    pub parts_sent: i32,
    pub failure_reason: Option<String>,
    pub provider_code: i64,
    pub next_attempt_time: Option<DateTimeUtc>,
    pub lease_owner: Option<Uuid>,
    pub lease_expire_time: Option<DateTimeUtc>,
    pub create_time: DateTimeUtc,
    pub update_time: DateTimeUtc,
    pub version: i64,
    pub traceparent: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Personal data never reaches a log by accident.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model").field("id", &self.id).finish_non_exhaustive()
    }
}
