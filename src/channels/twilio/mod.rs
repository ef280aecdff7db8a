//! Twilio: SMS, MMS, WhatsApp and calls. Requests are signed forms, replies are TwiML in the same response.
//!
//! The way of a request: [`Form::parse`] once, [`Verifier::verify`] over it, then [`inbound()`] or [`status()`], and
//! [`reply`] for the answer.

mod address;
mod form;
mod inbound;
mod segments;
pub mod send;
mod signature;
mod split;
mod status;
mod twiml;
pub mod voice;

pub use address::address;
pub use form::Form;
pub use inbound::{answers_itself, inbound};
pub use segments::{Encoding, Segments, segments};
pub use signature::{Content, Scheme, Verifier, sign};
pub use split::split;
pub use status::{callback_url, is_refused, status};
pub use twiml::{EMPTY, parts, plain, read, reply};

/// The request header with the signature.
pub const SIGNATURE_HEADER: &str = "x-twilio-signature";
/// The request header that is the same on every retry of one webhook; absent at times.
pub const IDEMPOTENCY_HEADER: &str = "i-twilio-idempotency-token";
/// What a reply is sent as.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";
