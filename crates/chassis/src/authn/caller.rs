//! The caller of a request, as its token says, and every way a token can fail to say it.

use std::fmt;

use crate::{refusal::Refusal, tenant::TenantId};

/// What a caller may do, coarsely; `authz` turns it into permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// May do everything in its tenant.
    Admin,
    /// Works with customers: reads everything, writes what conversations and orders are made of.
    Agent,
    /// Reads everything.
    Viewer,
    /// Another service of the platform: may do everything, and act for any tenant if its token says so.
    Service,
}

impl Role {
    /// Reads a role as it stands in a token; a word that is none of ours is `None`.
    pub fn parse(raw: &str) -> Option<Self> {
        match raw {
            "admin" => Some(Self::Admin),
            "agent" => Some(Self::Agent),
            "viewer" => Some(Self::Viewer),
            "service" => Some(Self::Service),
            _ => None,
        }
    }

    /// The role as it stands in a token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Agent => "agent",
            Self::Viewer => "viewer",
            Self::Service => "service",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        Self::parse(raw).ok_or_else(|| "must be `admin`, `agent`, `viewer` or `service`".to_owned())
    }
}

/// Who calls, and for which tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct Caller {
    /// The tenant the request acts in.
    pub tenant: TenantId,
    /// The issuer's name for the caller.
    pub subject: String,
    /// The roles of ours that the token names.
    pub roles: Vec<Role>,
}

/// A subject may be an e-mail address: it never reaches a log by accident.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("tenant", &self.tenant)
            .field("roles", &self.roles)
            .finish_non_exhaustive()
    }
}

/// Returns who sent `request`; fails with UNAUTHENTICATED when the server has not identified anyone.
pub fn caller<T>(request: &tonic::Request<T>) -> Result<Caller, tonic::Status> {
    match request.extensions().get::<Caller>() {
        Some(caller) => Ok(caller.clone()),
        None => Err(Refusal::from(Unauthenticated::TokenMissing).into()),
    }
}

/// Why a token does not identify a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// There is no `authorization: Bearer …`.
    #[error("the request has no bearer token")]
    TokenMissing,
    /// It is not a JSON Web Token with the claims needed here.
    #[error("the token is malformed")]
    TokenMalformed,
    /// Its issuer is not one of those configured.
    #[error("the token's issuer is not accepted here")]
    IssuerUnknown,
    /// It is signed by another algorithm than the one pinned for its issuer, or by none.
    #[error("the token's algorithm is not the one its issuer uses")]
    AlgorithmNotAllowed,
    /// Its issuer has no such key.
    #[error("the token's key is not one of its issuer's")]
    KeyUnknown,
    /// The signature does not match.
    #[error("the token's signature is wrong")]
    SignatureInvalid,
    /// Its time has passed.
    #[error("the token has expired")]
    TokenExpired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    TokenNotYetValid,
    /// It was issued for another audience.
    #[error("the token is meant for another audience")]
    AudienceWrong,
    /// Neither the token nor, for a service, the metadata names a tenant.
    #[error("no tenant is named")]
    TenantMissing,
    /// What it names is not a tenant, or only a service may name it.
    #[error("the tenant named is not valid")]
    TenantInvalid,
}

impl Unauthenticated {
    /// The reason clients match on.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TokenMissing => "TOKEN_MISSING",
            Self::TokenMalformed => "TOKEN_MALFORMED",
            Self::IssuerUnknown => "ISSUER_UNKNOWN",
            Self::AlgorithmNotAllowed => "ALGORITHM_NOT_ALLOWED",
            Self::KeyUnknown => "KEY_UNKNOWN",
            Self::SignatureInvalid => "SIGNATURE_INVALID",
            Self::TokenExpired => "TOKEN_EXPIRED",
            Self::TokenNotYetValid => "TOKEN_NOT_YET_VALID",
            Self::AudienceWrong => "AUDIENCE_WRONG",
            Self::TenantMissing => "TENANT_MISSING",
            Self::TenantInvalid => "TENANT_INVALID",
        }
    }
}
