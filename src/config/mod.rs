//! Configuration: what is read from outside before anything runs.

pub mod flow_files;
