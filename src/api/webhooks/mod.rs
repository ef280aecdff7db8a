//! Webhooks of providers: verify over the raw bytes, parse, take the turn, answer in the provider's own form.

pub mod crm;
pub mod twilio;
pub mod voice;
pub mod whatsapp;
