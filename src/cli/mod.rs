//! The command line: one file per command.

pub mod flow_check;
pub mod flow_graph;
pub mod flow_schema;
pub mod flow_test;
pub mod flow_try;
pub mod simulate;
pub mod understand;
