//! The agent: somebody of the tenant, known by the subject of their token.

use serde::{Deserialize, Serialize};

use chassis::malformed::Malformed;

/// The subject of an agent's token: 1 to 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Agent(String);

impl Agent {
    const MAX_CHARS: usize = 128;

    /// Takes a subject, or says why nobody has it.
    pub fn parse(raw: &str) -> Result<Self, Malformed> {
        if raw.trim().is_empty() || Self::MAX_CHARS < raw.chars().count() {
            return Err(Malformed("must have 1 to 128 characters"));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The subject as a column holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a subject that was checked before: when the token was verified, or when it was stored.
    pub(crate) fn known(subject: impl Into<String>) -> Self {
        Self(subject.into())
    }
}
