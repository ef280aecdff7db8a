//! One file per command.

pub mod flow_test;
pub mod flow_try;
