//! WhatsApp through Meta's Cloud API: signed webhooks come in, replies go out by the Graph API.
//!
//! The way of a request: [`Verifier::verify`] over the raw bytes, then [`events`]. The way of a reply: [`messages`] and
//! [`read`] write dispatches, [`outgoing`] makes the request of one, [`outcome()`] reads the answer. [`send_when`] keeps the
//! 24-hour window. Shapes and limits are those of Meta's Cloud API reference.

mod callback;
mod failure;
mod fields;
mod interactive;
mod outcome;
mod reply;
mod send;
mod signature;
mod webhook;

pub use callback::Callback;
pub use failure::{Failure, OUTSIDE_WINDOW, failure};
pub use interactive::{Tap, Words};
pub use outcome::outcome;
pub use reply::{Recipient, messages, read};
pub use send::{Sender, is_template, outgoing, send_when};
pub use signature::{Verifier, handshake, sign};
pub use webhook::{Event, Fate, Item, Noted, events, is_made_up};

/// The request header with the signature.
pub const SIGNATURE_HEADER: &str = "x-hub-signature-256";
/// The largest body Meta sends, in bytes.
pub const LARGEST_WEBHOOK: usize = 3 * 1024 * 1024;
