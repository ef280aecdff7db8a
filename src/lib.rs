//! Leadwire: a conversational lead-capture server.
//!
//! The floors of the house, bottom up; a module uses only what stands before it (a test enforces it).

pub mod clock;
pub mod ids;

pub mod channels;
pub mod cli;
pub mod domain;
pub mod engine;
pub mod flow;
pub mod understand;
