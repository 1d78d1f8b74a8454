//! A row of `orders`.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub number: String,
    pub contact_id: Option<Uuid>,
    pub buyer_channel: Option<String>,
    pub buyer_realm: Option<String>,
    pub buyer_external_id: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub line_items: String,
    pub currency_code: String,
    pub total_minor_units: i64,
    pub state: String,
    pub payment_reference: String,
    pub carrier: String,
    pub tracking_number: String,
    #[sea_orm(column_type = "Text")]
    pub note: String,
    #[sea_orm(column_type = "Text")]
    pub close_reason: String,
    pub place_time: DateTime<Utc>,
    pub pay_time: Option<DateTime<Utc>>,
    pub ship_time: Option<DateTime<Utc>>,
    pub deliver_time: Option<DateTime<Utc>>,
    pub close_time: Option<DateTime<Utc>>,
    pub version: i64,
    pub create_time: DateTime<Utc>,
    pub update_time: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
