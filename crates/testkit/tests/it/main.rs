//! The test kit's own promises, on whichever stack the environment names.

mod databases;
