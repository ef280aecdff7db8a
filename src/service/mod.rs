//! Use cases: one function is one thing the business does, in one transaction.

pub mod turns;
