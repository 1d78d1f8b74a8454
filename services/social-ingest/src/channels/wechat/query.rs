//! The query string of a delivery: bounded, and no name twice, so that nobody can check one value and use another.

use crate::channels::inbound::Refusal;

/// Longest query string that is looked at.
const MAX_BYTES: usize = 4096;

/// Most parameters that are looked at; the platform sends seven.
const MAX_PARAMETERS: usize = 32;

pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Fails when the string is too long or names a parameter twice.
    pub(super) fn parse(raw: &str) -> Result<Self, Refusal> {
        if MAX_BYTES < raw.len() {
            return Err(Refusal::Malformed("query is too long"));
        }
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(Refusal::Malformed("query names a parameter twice"));
            }
            if parameters.len() == MAX_PARAMETERS {
                return Err(Refusal::Malformed("query has too many parameters"));
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(parameters))
    }

    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Fails when the parameter is missing or empty.
    pub(super) fn require(&self, name: &'static str) -> Result<&str, Refusal> {
        self.find(name)
            .filter(|value| !value.is_empty())
            .ok_or(Refusal::Malformed("query lacks a parameter of the signature"))
    }
}
