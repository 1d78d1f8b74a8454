//! A value that does not have the shape its type asks for: the problem in words, never the value.

/// Says what is wrong with a value, as the rest of a sentence that begins with the field's name.
///
/// Holds a fixed text only, so that no part of the value can reach a log or an error message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub &'static str);
