//! Collects what is wrong with each field, so that a caller hears it all at once.

use chassis::malformed::Malformed;

use crate::error::{Error, Violation};

/// The fields of a request that have been looked at so far.
#[derive(Debug, Default)]
pub struct Fields {
    violations: Vec<Violation>,
}

impl Fields {
    /// Keeps a value that has its shape, and remembers a field that has not.
    pub fn take<T>(&mut self, field: &'static str, value: Result<T, Malformed>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(problem) => {
                self.violations.push(Violation { field, problem });
                None
            }
        }
    }

    /// Puts a value that has its shape in its place, and remembers a field that has not.
    pub fn put<T>(&mut self, field: &'static str, value: Result<T, Malformed>, place: &mut T) {
        if let Some(value) = self.take(field, value) {
            *place = value;
        }
    }

    /// Ends with what was put together, or with every violation.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Error> {
        match value {
            Some(value) if self.violations.is_empty() => Ok(value),
            Some(_) | None => Err(Error::InvalidFields(self.violations)),
        }
    }
}
