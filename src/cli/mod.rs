//! One file per command.

pub mod flow_check;
pub mod flow_graph;
pub mod flow_schema;
