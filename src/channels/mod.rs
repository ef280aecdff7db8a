//! One folder per provider: verify, parse, encode, outcome. Pure functions over bytes.

mod inbound;
mod numbered;
mod split;
pub mod twilio;
pub mod whatsapp;

pub use inbound::{ChannelError, DeliveryStatus, Extras, Inbound, MessageRef, Part, Referral, StatusUpdate};
