//! Checks tokens: issuer, algorithm, key, signature, lifetime, audience and tenant, in that order.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::bail;
use futures::future::join_all;
use jsonwebtoken::{Validation, errors::ErrorKind};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    AuthnArgs, Caller, IssuerSetting, Unauthenticated,
    claims::{Claims, Identified, Scope, Unverified},
    keys::{Found, Keys},
};
use crate::{refusal::Refusal, tenant::TenantId};

/// Longest time a checked token is taken for granted: a signature costs more than the rest of a small request.
const REMEMBERED_FOR: Duration = Duration::from_secs(60);

/// Most tokens remembered at once.
const MAX_REMEMBERED: usize = 4096;

/// Knows the accepted issuers and their keys.
pub struct Verifier {
    issuers: HashMap<String, Issuer>,
    max_age: Duration,
    remembered: Mutex<HashMap<[u8; 32], (Identified, Instant)>>,
}

struct Issuer {
    setting: IssuerSetting,
    validation: Validation,
    keys: Keys,
}

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    Unauthenticated(Unauthenticated),
    KeysUnavailable,
}

impl From<Unauthenticated> for Problem {
    fn from(problem: Unauthenticated) -> Self {
        Self::Unauthenticated(problem)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Unauthenticated(problem) => Self::Unauthenticated(problem),
            Problem::KeysUnavailable => Self::KeysUnavailable,
        }
    }
}

impl Verifier {
    /// Reads the keys of every issuer once. An issuer that cannot be reached now is asked again later.
    ///
    /// Fails if an issuer is configured twice or its key set has a malformed address.
    pub async fn new(args: &AuthnArgs) -> anyhow::Result<Self> {
        let mut issuers = HashMap::new();
        for setting in &args.oidc_issuers {
            let issuer = Issuer {
                validation: validation(setting, args.token_leeway),
                keys: Keys::new(setting, args.jwks_min_interval)?,
                setting: setting.clone(),
            };
            if issuers.insert(setting.issuer.clone(), issuer).is_some() {
                bail!("the issuer `{}` is configured twice", setting.issuer);
            }
        }
        if issuers.is_empty() {
            tracing::warn!("no token issuer is configured, so every call will be refused");
        }
        let verifier =
            Self { issuers, max_age: args.jwks_max_age, remembered: Mutex::new(HashMap::new()) };
        verifier.refresh().await;
        Ok(verifier)
    }

    /// Reads every issuer's keys again and again until `stop`, so that a withdrawn key is forgotten.
    pub async fn keep_fresh(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(self.max_age) => self.refresh().await,
            }
        }
    }

    /// Returns whom `token` identifies. `tenant` is what the request says, for callers good for every tenant.
    ///
    /// Fails with UNAUTHENTICATED, or with UNAVAILABLE while the issuer's keys have never been read.
    pub async fn verify(&self, token: &str, tenant: Option<&str>) -> Result<Caller, tonic::Status> {
        match self.identify(token, tenant).await {
            Ok(caller) => Ok(caller),
            Err(problem) => Err(Refusal::from(problem).into()),
        }
    }

    pub(crate) async fn identify(
        &self,
        token: &str,
        tenant: Option<&str>,
    ) -> Result<Caller, Problem> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let identified = match self.recall(&digest) {
            Some(identified) => identified,
            None => self.check(token, digest).await?,
        };
        let tenant = match (identified.scope, tenant) {
            (Scope::One(tenant), _) => tenant,
            (Scope::Every, Some(named)) => {
                TenantId::parse(named).map_err(|_| Unauthenticated::TenantInvalid)?
            }
            (Scope::Every, None) => return Err(Unauthenticated::TenantMissing.into()),
        };
        Ok(Caller { tenant, subject: identified.subject, roles: identified.roles })
    }

    async fn check(&self, token: &str, digest: [u8; 32]) -> Result<Identified, Problem> {
        let unverified = Unverified::read(token)?;
        let Some(issuer) = self.issuers.get(&unverified.issuer) else {
            return Err(Unauthenticated::IssuerUnknown.into());
        };
        let claims = issuer.check(token, &unverified).await?;
        let left = claims.exp - jsonwebtoken::get_current_timestamp() as f64;
        let identified = Identified::try_from(claims)?;
        if 0.0 < left {
            let lasts = Duration::try_from_secs_f64(left).unwrap_or(REMEMBERED_FOR);
            self.remember(digest, &identified, lasts.min(REMEMBERED_FOR));
        }
        Ok(identified)
    }

    async fn refresh(&self) {
        join_all(self.issuers.values().map(|it| it.keys.refresh())).await;
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn recall(&self, digest: &[u8; 32]) -> Option<Identified> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let (identified, until) = remembered.get(digest)?;
        (Instant::now() < *until).then(|| identified.clone())
    }

    fn remember(&self, digest: [u8; 32], identified: &Identified, lasts: Duration) {
        let now = Instant::now();
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if MAX_REMEMBERED <= remembered.len() {
            remembered.retain(|_, (_, until)| now < *until);
        }
        if MAX_REMEMBERED <= remembered.len() {
            remembered.clear();
        }
        remembered.insert(digest, (identified.clone(), now + lasts));
    }
}

impl Issuer {
    async fn check(&self, token: &str, unverified: &Unverified) -> Result<Claims, Problem> {
        let claims_our_algorithm = unverified
            .algorithm
            .parse::<jsonwebtoken::Algorithm>()
            .is_ok_and(|it| it == self.setting.algorithm);
        if !claims_our_algorithm {
            return Err(Unauthenticated::AlgorithmNotAllowed.into());
        }
        let Some(key_id) = &unverified.key_id else {
            return Err(Unauthenticated::KeyUnknown.into());
        };
        let key = match self.keys.find(key_id).await {
            Found::Key(key) => key,
            Found::Unknown => return Err(Unauthenticated::KeyUnknown.into()),
            Found::Unavailable => return Err(Problem::KeysUnavailable),
        };
        match jsonwebtoken::decode::<Claims>(token, &key, &self.validation) {
            Ok(decoded) => Ok(decoded.claims),
            Err(error) => Err(reason(error.kind()).into()),
        }
    }
}

fn validation(setting: &IssuerSetting, leeway: Duration) -> Validation {
    let mut validation = Validation::new(setting.algorithm);
    validation.set_issuer(&[&setting.issuer]);
    validation.set_audience(&[&setting.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.validate_nbf = true;
    validation.leeway = leeway.as_secs();
    validation
}

fn reason(kind: &ErrorKind) -> Unauthenticated {
    match kind {
        ErrorKind::InvalidSignature => Unauthenticated::SignatureInvalid,
        ErrorKind::ExpiredSignature => Unauthenticated::TokenExpired,
        ErrorKind::ImmatureSignature => Unauthenticated::TokenNotYetValid,
        ErrorKind::InvalidAudience => Unauthenticated::AudienceWrong,
        ErrorKind::InvalidIssuer => Unauthenticated::IssuerUnknown,
        ErrorKind::InvalidAlgorithm => Unauthenticated::AlgorithmNotAllowed,
        ErrorKind::MissingRequiredClaim(claim) if claim == "aud" => Unauthenticated::AudienceWrong,
        // Foreign, non-exhaustive enum: whatever else is wrong, the token is not one we can read.
        _ => Unauthenticated::TokenMalformed,
    }
}
