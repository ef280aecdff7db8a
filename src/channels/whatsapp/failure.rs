//! Meta's numbers for what went wrong: the same in the answer to a send and in a status `failed` (Cloud API, "Error codes").
//!
//! Decided by the number alone: HTTP statuses differ from page to page, titles are to go away.

use crate::clock::{MINUTE, Millis, SECOND};

/// The number of a free message outside the 24-hour window.
pub const OUTSIDE_WINDOW: i64 = 131_047;

/// How often one person may be written to: once in so long, beyond a burst.
const PAIR_PAUSE: Millis = 6 * SECOND;
/// Long enough for somebody to mend an account.
const MENDING: Millis = 5 * MINUTE;

/// What a number means for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It may go through when it is sent again, not sooner than in so many milliseconds where that is known.
    Passing(Option<Millis>),
    /// Our account must be mended first; then it goes through.
    Account,
    /// The person wants none of this from us.
    OptedOut,
    /// As it is it will never go through.
    Permanent,
    /// Not a number we know: tried again, but not for ever.
    Unknown,
}

impl Failure {
    /// Its name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Failure::Passing(_) => "passing",
            Failure::Account => "account",
            Failure::OptedOut => "opted_out",
            Failure::Permanent => "permanent",
            Failure::Unknown => "unknown",
        }
    }
}

/// What a number means, and in words for people.
pub fn failure(code: i64) -> (Failure, &'static str) {
    use Failure::{Account, OptedOut, Passing, Permanent, Unknown};
    match code {
        0 | 190 => (Account, "the access token is not valid any more; set a new WHATSAPP_ACCESS_TOKEN"),
        3 | 10 | 200..=299 => (Account, "the access token may not send; give it whatsapp_business_messaging"),
        1 | 2 | 131_000 | 131_016 | 133_004 | 131_057 => (Passing(None), "WhatsApp has a passing problem"),
        4 | 80_007 | 130_429 => (Passing(Some(SECOND)), "WhatsApp takes no more messages of ours just now"),
        131_056 => (Passing(Some(PAIR_PAUSE)), "too many messages to this person in a short time"),
        // To be tried again after a day at the earliest: by then it says nothing to the person any more.
        131_049 => (Permanent, "WhatsApp holds marketing messages to this person back for a day"),
        131_048 => {
            (Permanent, "too many of our messages were blocked or reported as spam; see the WhatsApp Manager")
        }
        131_050 => (OptedOut, "the person wants no marketing messages from us"),
        OUTSIDE_WINDOW => (Permanent, "the 24-hour window is closed: only an approved template may be sent"),
        131_026 => (Permanent, "it cannot be delivered: not on WhatsApp, an old app, or terms not accepted"),
        131_021 => (Permanent, "sender and recipient are the same number"),
        131_030 => (Permanent, "a test number may only write to the numbers on its list"),
        131_051 => (Permanent, "this type of message is not supported"),
        131_052 | 131_053 => (Permanent, "a file could not be transferred"),
        100 | 131_008 | 131_009 => (Permanent, "WhatsApp does not accept the message as we wrote it"),
        368 | 131_031 => (Account, "WhatsApp has locked the account; see the WhatsApp Manager"),
        130_497 => (Permanent, "WhatsApp does not let this account write to that country"),
        131_037 => (Account, "the number needs an approved display name; see the WhatsApp Manager"),
        131_042 => (Account, "there is a problem with the payment for messages; see the WhatsApp Manager"),
        131_045 => (Account, "the number is not registered correctly; see the WhatsApp Manager"),
        133_010 => (Account, "the number is not registered; see the WhatsApp Manager"),
        130_472 => (Permanent, "WhatsApp's own experiment keeps this message from the person"),
        131_062 | 131_063 => (Permanent, "this message cannot be sent to a person who shows no number"),
        132_000 | 132_012 => (Permanent, "the template has other parameters than were given"),
        132_001 => (Permanent, "there is no such template in this language"),
        132_005 | 132_007 | 132_008 => (Permanent, "the filled-in template is not accepted"),
        132_015 | 132_016 => (Permanent, "WhatsApp has paused or disabled the template"),
        132_068 | 132_069 => (Permanent, "the template's form is blocked"),
        _ => (Unknown, "WhatsApp gives a reason we do not know"),
    }
}

impl From<Failure> for Option<Millis> {
    /// Not sooner than in so long, where that is known.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Passing(after) => after,
            Failure::Account => Some(MENDING),
            Failure::OptedOut | Failure::Permanent | Failure::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_number_has_its_class() {
        use Failure::{Account, OptedOut, Passing, Permanent, Unknown};
        let rows: [(&[i64], Failure); 8] = [
            (&[0, 190, 3, 10, 200, 299, 131_031, 368, 131_037, 131_042, 131_045, 133_010], Account),
            (&[1, 2, 131_000, 131_016, 133_004, 131_057], Passing(None)),
            (&[4, 80_007, 130_429], Passing(Some(1_000))),
            (&[131_056], Passing(Some(6_000))),
            (&[131_050], OptedOut),
            (
                &[
                    131_047, 131_048, 131_026, 131_021, 131_030, 131_051, 131_052, 131_053, 100, 131_008,
                    131_009, 131_049, 130_497, 130_472, 131_062, 131_063,
                ],
                Permanent,
            ),
            (
                &[132_000, 132_001, 132_005, 132_007, 132_008, 132_012, 132_015, 132_016, 132_068, 132_069],
                Permanent,
            ),
            (&[-1, 5, 199, 300, 999_999, i64::MAX], Unknown),
        ];
        for (codes, expected) in rows {
            for code in codes {
                assert_eq!(failure(*code).0, expected, "{code}");
                assert!(!failure(*code).1.is_empty());
            }
        }
    }
}
