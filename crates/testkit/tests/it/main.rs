//! The test kit's own promises, on whichever stack the environment names.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail like the test itself")]

mod databases;
mod logs;
