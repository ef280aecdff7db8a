//! Whether a channel works at this moment: there is an account to send by, and its provider took something of late.

use crate::clock::{MINUTE, Millis};

/// After so many tries in a row that did not go for reasons of the account or the provider, a channel rests.
pub const MOST_FAILURES: i64 = 5;
/// How long it rests. Then one attempt finds out whether it works again.
pub const RESTS: Millis = 3 * MINUTE;

/// Why a channel does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwell {
    /// There is no account to send by.
    NoAccount,
    /// Nothing went of late.
    Failing {
        /// When it is tried again.
        until: Millis,
    },
    /// It has rested, and nobody knows yet whether it works again: one attempt at a time finds out.
    OnTrial,
}
