//! The command line: one file per command.

pub mod simulate;
pub mod understand;
