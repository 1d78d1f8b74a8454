//! Collects what is wrong with each field of a request, so that a caller hears it all at once.

use chassis::malformed::Malformed;

use crate::error::{Error, Result, Violation};

/// The fields of a request that have been looked at so far.
#[derive(Debug, Default)]
pub struct Fields {
    violations: Vec<Violation>,
}

impl Fields {
    /// Returns a value that has its shape, and remembers a field that has not.
    pub fn take<T>(
        &mut self,
        field: &'static str,
        value: std::result::Result<T, Malformed>,
    ) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(problem) => {
                self.violations.push(Violation { field, problem });
                None
            }
        }
    }

    /// Ends with what was put together, or with [`Error::InvalidFields`] and every violation.
    pub fn finish<T>(self, value: Option<T>) -> Result<T> {
        match value {
            Some(value) if self.violations.is_empty() => Ok(value),
            Some(_) | None => Err(Error::InvalidFields(self.violations)),
        }
    }
}
