//! The tenant: whose data a row, an event or a token belongs to.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::malformed::Malformed;

/// Names a tenant. Every row, event and token carries one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(Uuid);

impl TenantId {
    /// Takes a UUID as the name of a tenant.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// Reads the hyphenated form, or says what is wrong with it.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        // The parser of `uuid` also takes braces, URNs and bare digits; one form is enough.
        if raw.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(Malformed("must be a UUID"));
        }
        match Uuid::try_parse(raw) {
            Ok(id) => Ok(Self(id)),
            Err(_) => Err(Malformed("must be a UUID")),
        }
    }

    /// The UUID, as a column holds it.
    pub const fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for TenantId {
    type Err = Malformed;

    fn from_str(raw: &str) -> Result<Self, Malformed> {
        Self::parse(raw)
    }
}

impl From<Uuid> for TenantId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl From<TenantId> for Uuid {
    fn from(tenant: TenantId) -> Self {
        tenant.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_a_hyphenated_uuid() {
        #[track_caller]
        fn check(raw: &str, expected: Option<&str>) {
            let actual = TenantId::parse(raw).ok().map(|tenant| tenant.to_string());
            assert_eq!(actual.as_deref(), expected);
        }

        let id = "0199f3a0-0000-7000-8000-00000000000a";
        check(id, Some(id));
        check("0199F3A0-0000-7000-8000-00000000000A", Some(id));
        check("0199f3a0000070008000000000000000", None);
        check("{0199f3a0-0000-7000-8000-00000000000a}", None);
        check("*", None);
        check("", None);
    }
}
