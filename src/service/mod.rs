//! Use cases: one function is one thing the business does, in one transaction.

pub mod alerts;
pub mod backup;
pub mod calls;
pub mod claims;
pub mod deliveries;
pub mod erasure;
pub mod experiments;
pub mod flows;
pub mod health;
pub mod import;
pub mod indexing;
pub mod lifecycle;
pub mod outbox;
pub mod refusals;
pub mod retention;
pub mod sessions;
pub mod silence;
pub mod startup;
pub mod statuses;
pub mod tokens;
pub mod turns;
pub mod upkeep;
pub mod users;
pub mod watch;
pub mod whatsapp;
