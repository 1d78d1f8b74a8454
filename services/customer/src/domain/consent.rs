//! Consent: what a contact agreed to be told about; none recorded means no.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ContactId, Text};

/// What a contact can agree to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To be told about payment and shipment of their orders.
    OrderUpdates,
    /// To be sent offers.
    Marketing,
}

/// Whether a contact agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Yes.
    Granted,
    /// No longer.
    Withdrawn,
}

/// What a contact agreed to, for one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// The contact.
    pub contact: ContactId,
    /// What it is about.
    pub purpose: Purpose,
    /// Whether the contact agrees at present.
    pub state: ConsentState,
    /// How the tenant knows.
    pub evidence: Text,
    /// When that last changed.
    pub update_time: DateTime<Utc>,
}
