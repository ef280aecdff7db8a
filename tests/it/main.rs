//! The integration tests: one binary.

mod browser;
