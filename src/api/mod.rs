//! HTTP for programs: one file per resource, problems as RFC 9457.

pub mod problem;
pub mod webhooks;
