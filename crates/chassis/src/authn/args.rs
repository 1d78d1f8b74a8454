//! The settings of authentication: which issuers are trusted, and with which algorithm each.

use std::{path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use clap::Args;
use jsonwebtoken::Algorithm;

use super::{LocalIssuer, TokenFile, TokenSource, tokens::NoToken};
use crate::duration;

/// Whose tokens are accepted, and how their keys are kept fresh.
#[derive(Clone, Debug, Args)]
pub struct AuthnArgs {
    /// Accepted issuers as `issuer|algorithm|JWKS address or file|audience`, separated by commas.
    #[arg(long, env = "OIDC_ISSUERS", value_delimiter = ',')]
    pub oidc_issuers: Vec<IssuerSetting>,

    /// Least time between two reads of an issuer's keys, however many unknown keys are presented.
    #[arg(long, env = "JWKS_MIN_INTERVAL", default_value = "30s", value_parser = duration::parse)]
    pub jwks_min_interval: Duration,

    /// Time after which an issuer's keys are read again, so that a withdrawn key is forgotten.
    #[arg(long, env = "JWKS_MAX_AGE", default_value = "10m", value_parser = duration::parse)]
    pub jwks_max_age: Duration,

    /// How far clocks may differ when the lifetime of a token is checked.
    #[arg(long, env = "TOKEN_LEEWAY", default_value = "30s", value_parser = duration::parse)]
    pub token_leeway: Duration,
}

impl Default for AuthnArgs {
    fn default() -> Self {
        Self {
            oidc_issuers: Vec::new(),
            jwks_min_interval: Duration::from_secs(30),
            jwks_max_age: Duration::from_secs(10 * 60),
            token_leeway: Duration::from_secs(30),
        }
    }
}

impl AuthnArgs {
    /// Accepts exactly the tokens of `issuer`.
    pub fn for_local(issuer: &LocalIssuer) -> Self {
        Self { oidc_issuers: vec![issuer.setting()], ..Self::default() }
    }
}

/// The token of this service itself.
#[derive(Clone, Debug, Default, Args)]
pub struct TokenArgs {
    /// File that holds this service's own token and is kept fresh by something else.
    #[arg(long, env = "SERVICE_TOKEN_FILE")]
    pub service_token_file: Option<PathBuf>,
}

impl TokenArgs {
    /// Where this service's own token comes from; without a file, every call that needs it says so.
    pub fn source(&self) -> Arc<dyn TokenSource> {
        match &self.service_token_file {
            Some(path) => Arc::new(TokenFile::new(path)),
            None => Arc::new(NoToken),
        }
    }
}

/// One accepted issuer. The algorithm is pinned: what a token's header claims is compared, never believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerSetting {
    /// The issuer as it stands in its tokens.
    pub issuer: String,
    /// The only algorithm its tokens may be signed with.
    pub algorithm: Algorithm,
    /// Where its public keys are: an `https` or `http` address, or the path of a file.
    pub jwks: String,
    /// The audience its tokens must name.
    pub audience: String,
}

impl FromStr for IssuerSetting {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = raw.split('|').map(str::trim).collect();
        let [issuer, algorithm, jwks, audience] = parts[..] else {
            return Err("must be `issuer|algorithm|JWKS address or file|audience`".to_owned());
        };
        if [issuer, jwks, audience].iter().any(|it| it.is_empty()) {
            return Err("issuer, JWKS and audience must not be empty".to_owned());
        }
        Ok(Self {
            issuer: issuer.to_owned(),
            algorithm: asymmetric(algorithm)?,
            jwks: jwks.to_owned(),
            audience: audience.to_owned(),
        })
    }
}

/// A shared secret would let every holder of it issue tokens, so only public-key algorithms are accepted.
fn asymmetric(name: &str) -> Result<Algorithm, String> {
    match name {
        "EdDSA" => Ok(Algorithm::EdDSA),
        "ES256" => Ok(Algorithm::ES256),
        "ES384" => Ok(Algorithm::ES384),
        "RS256" => Ok(Algorithm::RS256),
        "RS384" => Ok(Algorithm::RS384),
        "RS512" => Ok(Algorithm::RS512),
        "PS256" => Ok(Algorithm::PS256),
        "PS384" => Ok(Algorithm::PS384),
        "PS512" => Ok(Algorithm::PS512),
        _ => Err(format!(
            "`{name}` is not one of EdDSA, ES256, ES384, RS256 to RS512, PS256 to PS512"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_needs_four_parts_and_a_public_key_algorithm() {
        #[track_caller]
        fn check(raw: &str, is_read: bool) {
            assert_eq!(raw.parse::<IssuerSetting>().is_ok(), is_read, "{raw}");
        }

        check("https://id.example|RS256|https://id.example/jwks|kith", true);
        check("local | EdDSA | /var/lib/kith/jwks.json | kith", true);
        check("https://id.example|HS256|https://id.example/jwks|kith", false);
        check("https://id.example|none|https://id.example/jwks|kith", false);
        check("https://id.example|RS256|https://id.example/jwks", false);
        check("|RS256|https://id.example/jwks|kith", false);
    }
}
