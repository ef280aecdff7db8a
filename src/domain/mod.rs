//! Rules and words that everyone shares. Pure: no clock, no randomness, no SQL, no network.

pub mod answer;
pub mod call;
pub mod channel;
pub mod command;
pub mod consent;
pub mod experiment;
pub mod identity;
pub mod message;
pub mod score;
pub mod sending;
pub mod text;
