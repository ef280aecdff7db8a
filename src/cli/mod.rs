//! The command line: one file per command.

pub mod flow_test;
pub mod flow_try;
pub mod simulate;
pub mod understand;
