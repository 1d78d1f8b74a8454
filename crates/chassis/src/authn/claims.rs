//! What a token says: the two parts read before its signature is checked, and the claims read after.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Role, Unauthenticated};
use crate::tenant::TenantId;

/// Longest token that is looked at.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Longest subject that is kept.
const MAX_SUBJECT_BYTES: usize = 255;

/// What picks the key a token is checked with. Nothing here is believed yet.
#[derive(Debug)]
pub(super) struct Unverified {
    pub(super) algorithm: String,
    pub(super) key_id: Option<String>,
    pub(super) issuer: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Issued {
    iss: String,
}

impl Unverified {
    pub(super) fn read(token: &str) -> Result<Self, Unauthenticated> {
        if MAX_TOKEN_BYTES < token.len() {
            return Err(Unauthenticated::TokenMalformed);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Unauthenticated::TokenMalformed);
        };
        let header: Header = part(header)?;
        // An extension that must be understood is not: there are none we understand.
        if header.crit.is_some() {
            return Err(Unauthenticated::TokenMalformed);
        }
        let Issued { iss } = part(claims)?;
        Ok(Self { algorithm: header.alg, key_id: header.kid, issuer: iss })
    }
}

fn part<T: DeserializeOwned>(encoded: &str) -> Result<T, Unauthenticated> {
    let decoded = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Unauthenticated::TokenMalformed)?;
    serde_json::from_slice(&decoded).map_err(|_| Unauthenticated::TokenMalformed)
}

/// The claims this platform reads.
#[derive(Deserialize)]
pub(super) struct Claims {
    sub: String,
    pub(super) exp: f64,
    #[serde(default)]
    tenant: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

/// A caller whose tenant may still have to be named by the request.
#[derive(Clone, Debug)]
pub(super) struct Identified {
    pub(super) subject: String,
    pub(super) roles: Vec<Role>,
    pub(super) scope: Scope,
}

/// The tenants a token is good for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope {
    One(TenantId),
    Every,
}

impl TryFrom<Claims> for Identified {
    type Error = Unauthenticated;

    fn try_from(claims: Claims) -> Result<Self, Self::Error> {
        if claims.sub.is_empty() || MAX_SUBJECT_BYTES < claims.sub.len() {
            return Err(Unauthenticated::TokenMalformed);
        }
        // A token may carry roles of other systems; only ours count.
        let mut roles: Vec<Role> = Vec::new();
        for role in claims.roles.iter().filter_map(|it| Role::parse(it)) {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        let scope = match claims.tenant.as_deref() {
            None | Some("") => return Err(Unauthenticated::TenantMissing),
            Some("*") if roles.contains(&Role::Service) => Scope::Every,
            Some(named) => match TenantId::parse(named) {
                Ok(tenant) => Scope::One(tenant),
                Err(_) => return Err(Unauthenticated::TenantInvalid),
            },
        };
        Ok(Self { subject: claims.sub, roles, scope })
    }
}
