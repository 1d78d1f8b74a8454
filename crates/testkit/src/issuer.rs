//! Tokens for tests, and the settings under which a server accepts them.

use std::{sync::Arc, time::Duration};

use chassis::{
    authn::{AuthnArgs, LocalIssuer, Role, TokenSource},
    tenant::TenantId,
};
use tempfile::TempDir;

const LASTS: Duration = Duration::from_secs(60 * 60);

/// An issuer with a key of its own, in a folder that goes with it.
pub struct TestIssuer {
    issuer: Arc<LocalIssuer>,
    _folder: TempDir,
}

impl Default for TestIssuer {
    fn default() -> Self {
        Self::new()
    }
}

impl TestIssuer {
    /// Makes a new key.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("make a folder for a key");
        let issuer = LocalIssuer::load_or_create(folder.path().join("issuer.pem"))
            .expect("make a key in an empty folder");
        Self { issuer: Arc::new(issuer), _folder: folder }
    }

    /// A token of `tenant`, good for an hour.
    pub fn token(&self, tenant: TenantId, role: Role) -> String {
        self.issuer.token(&tenant.to_string(), role, LASTS)
    }

    /// The settings of a server that accepts these tokens and no others.
    pub fn args(&self) -> AuthnArgs {
        AuthnArgs::for_local(&self.issuer)
    }

    /// The tokens with which services call each other, for any tenant.
    pub fn service_tokens(&self) -> Arc<dyn TokenSource> {
        self.issuer.clone()
    }

    /// The issuer itself, for tokens that are wrong on purpose.
    pub fn issuer(&self) -> &LocalIssuer {
        &self.issuer
    }
}
