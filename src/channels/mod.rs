//! One folder per provider: verify, parse, encode, outcome. Pure functions over bytes.

mod inbound;
pub mod twilio;

pub use inbound::{ChannelError, DeliveryStatus, Extras, Inbound, MessageRef, Part, Referral, StatusUpdate};
