//! The only SQL of the house: `db` is the layer over the two databases, beside it one file per table or resource.

pub mod alerts;
pub mod analytics;
pub mod backup;
pub mod conversations;
pub mod crm_reports;
pub mod db;
pub mod deliveries;
pub mod flows;
pub mod imports;
pub mod leads;
pub mod messages;
pub mod migrate;
pub mod notices;
pub mod outbox;
pub mod persons;
pub mod probe;
pub mod rates;
pub mod reconciliations;
pub mod recordings;
pub mod replicas;
pub mod tenants;
pub mod timers;
pub mod tokens;
pub mod turns;
pub mod users;
