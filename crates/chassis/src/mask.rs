//! Field masks: which fields an update may change (AIP-134).

use crate::malformed::Malformed;

/// The fields that a request asks to change, each of them one that may be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    fields: Vec<&'static str>,
}

/// A path of a mask that is not a field the request may change.
///
/// It keeps the place in the mask, not the text: a caller may have put anything there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("path {position} of the mask is not a field that can be changed")]
pub struct UnknownPath {
    /// The place of the path in the mask, counted from 1.
    pub position: usize,
}

impl UnknownPath {
    /// The same complaint as the rest of a sentence that begins with the field's name.
    pub const fn problem(&self) -> Malformed {
        Malformed("names a field that does not exist or cannot be changed")
    }
}

impl Mask {
    /// Accepts `paths` if `allowed` has each of them. No paths, or the one path `*`, mean all of it.
    pub fn check(
        paths: &[impl AsRef<str>],
        allowed: &'static [&'static str],
    ) -> Result<Self, UnknownPath> {
        let everything = match paths {
            [] => true,
            [only] => only.as_ref() == "*",
            [_, _, ..] => false,
        };
        if everything {
            return Ok(Self { fields: allowed.to_vec() });
        }
        let mut fields = Vec::with_capacity(allowed.len());
        for (index, path) in paths.iter().enumerate() {
            let Some(field) = allowed.iter().find(|field| **field == path.as_ref()) else {
                return Err(UnknownPath { position: index + 1 });
            };
            if !fields.contains(field) {
                fields.push(*field);
            }
        }
        Ok(Self { fields })
    }

    /// Tells whether the request asks to change `field`.
    pub fn has(&self, field: &str) -> bool {
        self.fields.contains(&field)
    }

    /// Replaces `current` by `wanted` if the request asks to change `field`.
    pub fn apply<T>(&self, field: &str, current: T, wanted: T) -> T {
        if self.has(field) { wanted } else { current }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_has_what_was_asked_for_and_nothing_unknown() {
        #[track_caller]
        fn check(paths: &[&str], expected: Result<&[&str], usize>) {
            let actual = Mask::check(paths, &["display_name", "email"]);
            assert_eq!(
                actual.as_ref().map(|mask| mask.fields.as_slice()).map_err(|it| it.position),
                expected
            );
        }

        check(&[], Ok(&["display_name", "email"]));
        check(&["*"], Ok(&["display_name", "email"]));
        check(&["email"], Ok(&["email"]));
        check(&["email", "email"], Ok(&["email"]));
        check(&["email", "tenant"], Err(2));
        check(&["email", "*"], Err(2));
        check(&[""], Err(1));
    }

    #[test]
    fn only_masked_fields_change() {
        let mask = Mask::check(&["email"], &["display_name", "email"]).unwrap();

        assert_eq!(mask.apply("email", "old", "new"), "new");
        assert_eq!(mask.apply("display_name", "old", "new"), "old");
    }
}
