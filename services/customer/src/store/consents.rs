//! Rows of `consents`: one per contact and purpose.

use chassis::tenant::TenantId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
    sea_query::OnConflict,
};

use super::entities::consent::{self, Column, Model};
use crate::{
    domain::{Consent, ConsentState, ContactId, Purpose, Text},
    error::Result,
};

/// Every consent of the tenant.
fn of(tenant: TenantId) -> Select<consent::Entity> {
    consent::Entity::find().filter(Column::TenantId.eq(tenant.as_uuid()))
}

/// Returns what a contact ever agreed to.
pub async fn of_contact(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    contact: ContactId,
) -> Result<Vec<Consent>> {
    let rows = of(tenant)
        .filter(Column::ContactId.eq(contact.as_uuid()))
        .order_by_asc(Column::Purpose)
        .all(conn)
        .await?;
    Ok(rows.into_iter().filter_map(from_row).collect())
}

/// Writes the present state of one consent over the one before.
pub async fn upsert(
    conn: &impl ConnectionTrait,
    tenant: TenantId,
    consent: &Consent,
) -> Result<()> {
    let row = Model {
        tenant_id: tenant.as_uuid(),
        contact_id: consent.contact.as_uuid(),
        purpose: purpose_name(consent.purpose).to_owned(),
        state: state_name(consent.state).to_owned(),
        evidence: consent.evidence.as_str().to_owned(),
        update_time: consent.update_time,
    };
    let key = [Column::TenantId, Column::ContactId, Column::Purpose];
    let state = [Column::State, Column::Evidence, Column::UpdateTime];
    consent::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::columns(key).update_columns(state).to_owned())
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::OrderUpdates => "order_updates",
        Purpose::Marketing => "marketing",
    }
}

fn state_name(state: ConsentState) -> &'static str {
    match state {
        ConsentState::Granted => "granted",
        ConsentState::Withdrawn => "withdrawn",
    }
}

/// A purpose or a state that only a newer release knows is not there for this one.
fn from_row(row: Model) -> Option<Consent> {
    let purpose = [Purpose::OrderUpdates, Purpose::Marketing]
        .into_iter()
        .find(|purpose| purpose_name(*purpose) == row.purpose)?;
    let state = [ConsentState::Granted, ConsentState::Withdrawn]
        .into_iter()
        .find(|state| state_name(*state) == row.state)?;
    Some(Consent {
        contact: ContactId::from_uuid(row.contact_id),
        purpose,
        state,
        evidence: Text::from_row(row.evidence),
        update_time: row.update_time,
    })
}
