//! Tests of the whole: each is a `[[test]]` of this package, which holds nothing else.
