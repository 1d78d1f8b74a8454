//! Who is calling: tokens checked against their issuer's keys, and the tokens this process sends itself.

mod args;
mod caller;
mod claims;
mod keys;
mod local_issuer;
mod tokens;
mod verifier;

pub use args::{AuthnArgs, IssuerSetting, TokenArgs};
pub use caller::{Caller, Role, Unauthenticated, caller};
pub use local_issuer::LocalIssuer;
pub use tokens::{FixedToken, TokenFile, TokenSource, TokenUnavailable};
pub use verifier::Verifier;

/// Metadata in which a `service` caller whose token is good for every tenant names the one it acts for.
pub const TENANT_HEADER: &str = "kith-tenant";
