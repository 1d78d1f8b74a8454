//! Etags: the version of a resource as an opaque quoted string (AIP-154).

/// Writes the etag of a resource at `version`.
pub fn of(version: u64) -> String {
    format!("\"{version:x}\"")
}

/// Tells whether a caller who read `given` has seen `version`. An empty etag asks for no check.
///
/// Any text is taken: one that this module did not write names no version and so never matches.
pub fn matches(given: &str, version: u64) -> bool {
    given.is_empty() || given == of(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_matches_its_own_version_only() {
        assert_eq!(of(31), "\"1f\"");
        assert!(matches(&of(31), 31));
        assert!(matches("", 31));
        assert!(!matches(&of(31), 32));
        assert!(!matches("1f", 31));
        assert!(!matches("*", 31));
    }
}
