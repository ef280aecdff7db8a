//! A phone call through Twilio: the flow as a menu that listens to speech and keys.
//!
//! The way of a webhook: [`began`], [`answered`], [`ended`] or [`recorded`] read the verified form; [`hear()`] decides what the
//! engine is given of what was heard; [`prompt()`] adds the keys to what is said; [`document()`] writes the TwiML. All pure: where
//! a call stands is a [`Call`](crate::domain::call::Call), kept with the conversation.

mod aloud;
mod document;
mod event;
mod hear;
mod keypad;
mod listening;
mod locale;
mod prompt;
mod read;
mod recording;
mod xml;

#[cfg(test)]
mod tests;

pub use document::{After, Document, bridge, document};
pub use event::{
    CallEvent, Ended, answered, answered_by, began, ended, fate, our_number, parameter, was_reached,
};
pub use hear::{Line, Move, hear};
pub use prompt::prompt;
pub use read::{Step, read};
pub use recording::{Recording, recorded, recording_account};
