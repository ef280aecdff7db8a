//! The integration tests: one binary, each body on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "tests")]

#[macro_use]
mod harness;

mod accounts;
mod architecture;
mod backup;
mod browser;
mod chat;
mod delivery;
mod docs;
mod doctor;
mod erasure;
mod flow_docs;
mod flows;
mod ledger;
mod mail;
mod mutations;
mod operations;
mod outbox;
mod outreach;
mod process;
mod publishing;
mod reconcile;
mod reconnecting;
mod retention;
mod rows;
mod rules;
mod scoring;
mod silence;
mod statuses;
mod telling;
mod turns;
mod voice;
mod whatsapp;
mod whole;
mod work;
