//! Tests of the whole program from outside.

mod flow_docs;
mod flows;
mod mutations;
