//! Tests of the whole program from outside.

mod flows;
mod mutations;
