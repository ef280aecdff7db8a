//! The flow language: one TOML file is one conversation.
//!
//! `model` is a flow as the engine runs it; `template` its texts and expressions.

pub mod model;
pub mod template;
