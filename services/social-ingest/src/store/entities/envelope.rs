//! The table `envelopes`.

use sea_orm::entity::prelude::*;

#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "envelopes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub source_id: Uuid,
    pub dedupe_key: String,
    pub state: String,
    pub message_type: Option<String>,
    pub failure: Option<String>,
    /// As it came.
    pub body: Vec<u8>,
    /// As it was decrypted; absent if it came in the clear.
    pub document: Option<Vec<u8>>,
    pub inbound_message_id: Option<Uuid>,
    pub receive_time: DateTimeUtc,
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
