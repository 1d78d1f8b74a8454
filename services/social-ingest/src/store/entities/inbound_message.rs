//! The table `inbound_messages`.

use sea_orm::entity::prelude::*;

#[derive(Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub envelope_id: Uuid,
    pub source_id: Uuid,
    pub thread_id: Uuid,
    pub kind: String,
    pub text: String,
    pub language_code: Option<String>,
    pub sentiment: Option<String>,
    pub sentiment_score: Option<f64>,
    pub intent: Option<String>,
    pub intent_confidence: Option<f64>,
    pub model: Option<String>,
    pub provider_time: DateTimeUtc,
    pub receive_time: DateTimeUtc,
    pub project_time: Option<DateTimeUtc>,
    pub answer_time: Option<DateTimeUtc>,
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
