//! The tokens this process sends: where they come from, never what they say.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::redact::Redacted;

/// How long a token read from a file is used before the file is read again.
const REREAD_AFTER: Duration = Duration::from_secs(10);

/// Gives out the token of this service.
pub trait TokenSource: Send + Sync {
    /// Returns a token that is valid now, or why there is none.
    fn token(&self) -> Result<String, TokenUnavailable>;
}

/// There is no token at the moment; the message says what to look at.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TokenUnavailable(pub String);

/// A token in a file that something else keeps fresh, as Kubernetes does with projected tokens.
#[derive(Debug)]
pub struct TokenFile {
    path: PathBuf,
    last: Mutex<Option<(Redacted<String>, Instant)>>,
}

impl TokenFile {
    /// Will read the token from `path`, which need not exist yet.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned(), last: Mutex::new(None) }
    }
}

impl TokenSource for TokenFile {
    fn token(&self) -> Result<String, TokenUnavailable> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, read_at)) = last.as_ref()
            && read_at.elapsed() < REREAD_AFTER
        {
            return Ok(token.expose().clone());
        }
        let text = std::fs::read_to_string(&self.path).map_err(|error| {
            TokenUnavailable(format!(
                "cannot read the token file `{}`: {error}",
                self.path.display()
            ))
        })?;
        let token = text.trim().to_owned();
        if token.is_empty() {
            return Err(TokenUnavailable(format!("`{}` holds no token", self.path.display())));
        }
        *last = Some((Redacted::new(token.clone()), Instant::now()));
        Ok(token)
    }
}

/// One token that never changes, for a command line or a test.
#[derive(Clone, Debug)]
pub struct FixedToken(Redacted<String>);

impl FixedToken {
    /// Will give out `token`.
    pub fn new(token: impl Into<String>) -> Self {
        Self(Redacted::new(token.into()))
    }
}

impl TokenSource for FixedToken {
    fn token(&self) -> Result<String, TokenUnavailable> {
        Ok(self.0.expose().clone())
    }
}

/// There is none, because none was configured.
pub(super) struct NoToken;

impl TokenSource for NoToken {
    fn token(&self) -> Result<String, TokenUnavailable> {
        Err(TokenUnavailable("no token is configured: set SERVICE_TOKEN_FILE".to_owned()))
    }
}
