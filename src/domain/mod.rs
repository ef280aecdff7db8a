//! Rules and words that everyone shares. Pure: no clock, no randomness, no SQL, no network.

pub mod access;
pub mod answer;
pub mod approved;
pub mod backoff;
pub mod breaker;
pub mod call;
pub mod channel;
pub mod command;
pub mod consent;
pub mod crm_status;
pub mod enquiry;
pub mod experiment;
pub mod hours;
pub mod identity;
pub mod import;
pub mod keywords;
pub mod lifecycle;
pub mod message;
pub mod pass;
pub mod rate;
pub mod score;
pub mod sending;
pub mod text;
pub mod when;
pub mod window;
pub mod zones;
