//! What came of an attempt, whatever a provider calls it.

/// What came of an attempt to reach somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Came {
    /// They answered, or read what was written.
    Answered,
    /// A machine did, and nothing was left there.
    Machine,
    /// A machine did, and a message was left.
    VoicemailLeft,
    /// Nobody did.
    NoAnswer,
    /// They were speaking with somebody else.
    Busy,
    /// They turned the call down.
    Rejected,
    /// It broke off, or nobody of ours was there when they answered.
    Dropped,
    /// The network had no room.
    Congestion,
    /// It could not be done.
    Failed,
    /// There is no such number, or it takes nothing of the kind.
    NoSuchNumber,
    /// What was written is on its way, or there.
    Delivered,
    /// They want no more of it.
    OptedOut,
    /// We took it back before it began.
    Cancelled,
}

impl Came {
    /// All of them.
    pub const ALL: [Came; 13] = [
        Came::Answered,
        Came::Machine,
        Came::VoicemailLeft,
        Came::NoAnswer,
        Came::Busy,
        Came::Rejected,
        Came::Dropped,
        Came::Congestion,
        Came::Failed,
        Came::NoSuchNumber,
        Came::Delivered,
        Came::OptedOut,
        Came::Cancelled,
    ];

    /// Its name in columns and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Came::Answered => "answered",
            Came::Machine => "machine",
            Came::VoicemailLeft => "voicemail_left",
            Came::NoAnswer => "no_answer",
            Came::Busy => "busy",
            Came::Rejected => "rejected",
            Came::Dropped => "dropped",
            Came::Congestion => "congestion",
            Came::Failed => "failed",
            Came::NoSuchNumber => "no_such_number",
            Came::Delivered => "delivered",
            Came::OptedOut => "opted_out",
            Came::Cancelled => "cancelled",
        }
    }

    /// Whether this is news of an attempt of which `before` is known. Reports come in any order: one that says less than what is known says
    /// nothing, and what was taken back or given up is corrected by whatever came of it.
    pub const fn is_news(self, before: Option<Came>) -> bool {
        match before {
            None => true,
            Some(Came::Cancelled) => !matches!(self, Came::Cancelled),
            Some(Came::Delivered) => {
                matches!(self, Came::Answered | Came::Failed | Came::NoSuchNumber | Came::OptedOut)
            }
            // "On its way" may have been said before it failed.
            Some(Came::Failed) => !matches!(self, Came::Failed | Came::Delivered | Came::Cancelled),
            // Nobody of ours was there, or they want no more: that is known from elsewhere, and later.
            Some(Came::Answered) => matches!(self, Came::Dropped | Came::OptedOut),
            Some(_) => false,
        }
    }

    /// What has this name.
    pub fn parse(name: &str) -> Option<Came> {
        Came::ALL.into_iter().find(|came| came.as_str() == name)
    }
}

/// What a provider said of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said<'a> {
    /// Of a call.
    Call {
        /// Twilio's `CallStatus`.
        status: &'a str,
        /// The network's answer, if that is known.
        sip: Option<u16>,
        /// Twilio's `AnsweredBy`, where somebody listened.
        answered_by: Option<&'a str>,
    },
    /// Of a call that it did not take.
    Refused {
        /// The code of the error.
        code: &'a str,
    },
    /// Of a message.
    Message {
        /// Twilio's `MessageStatus`, Meta's `status`.
        status: &'a str,
        /// The code of an error.
        code: Option<&'a str>,
    },
}

/// How the words of a provider are read.
enum Word {
    /// Whatever else was said.
    Always(Came),
    /// As the SIP answer says, else so.
    BySip(Came),
    /// As whoever answered is, else so.
    ByWhom(Came),
}

/// Final words of calls (Twilio's call status values). `completed` means that somebody or something answered.
const CALLS: &[(&str, Word)] = &[
    ("completed", Word::ByWhom(Came::Answered)),
    ("busy", Word::Always(Came::Busy)),
    ("no-answer", Word::BySip(Came::NoAnswer)),
    ("failed", Word::BySip(Came::Failed)),
    ("canceled", Word::Always(Came::Cancelled)),
];

/// Final answers of the telephone network (RFC 3261, 21.4 to 21.6). 480 comes with calls that fail because a phone is out of reach; 404, 410
/// and 484 are what gateways make of numbers that are nobody's, were changed, or lack digits (RFC 3398, 8.2.6.1).
const SIP: &[(std::ops::RangeInclusive<u16>, Came)] = &[
    (404..=404, Came::NoSuchNumber),
    (408..=408, Came::NoAnswer),
    (410..=410, Came::NoSuchNumber),
    (480..=480, Came::NoAnswer),
    (484..=484, Came::NoSuchNumber),
    (486..=486, Came::Busy),
    (487..=487, Came::NoAnswer),
    (503..=503, Came::Congestion),
    (600..=600, Came::Busy),
    (603..=603, Came::Rejected),
    (604..=604, Came::NoSuchNumber),
];

/// Whoever answered (Twilio's `AnsweredBy`). Where detection is not sure, it is taken for a person: nobody is hung up on.
const WHOM: &[(&str, Came)] = &[
    ("human", Came::Answered),
    ("unknown", Came::Answered),
    ("machine_start", Came::Machine),
    ("machine_end_beep", Came::Machine),
    ("machine_end_silence", Came::Machine),
    ("machine_end_other", Came::Machine),
    ("fax", Came::Machine),
];

/// Words of messages after which nothing else comes, or which say that it was read.
const MESSAGES: &[(&str, Came)] = &[
    ("sent", Came::Delivered),
    ("delivered", Came::Delivered),
    ("read", Came::Answered),
    ("undelivered", Came::Failed),
    ("failed", Came::Failed),
    ("canceled", Came::Cancelled),
];

/// Errors that mean more than that it failed.
const CODES: &[(&str, Came)] = &[
    // They sent STOP, blocked us on WhatsApp, or turned marketing off; our own word for it.
    ("21610", Came::OptedOut),
    ("63014", Came::OptedOut),
    ("131050", Came::OptedOut),
    ("opted_out", Came::OptedOut),
    // No number, no mobile phone, nobody's, a landline, nobody of WhatsApp's.
    ("21211", Came::NoSuchNumber),
    ("21614", Came::NoSuchNumber),
    ("30005", Came::NoSuchNumber),
    ("30006", Came::NoSuchNumber),
    ("131026", Came::NoSuchNumber),
    (NOT_SENT, Came::Cancelled),
];

/// Our own word for the error of a message that we did not let go: its time was over, or they had written themselves.
pub const NOT_SENT: &str = "not_sent";

/// What came of an attempt of which this was said; `None`: it is not over.
pub fn came_of(said: Said<'_>) -> Option<Came> {
    match said {
        Said::Call { status, sip, answered_by } => {
            let (_, word) = CALLS.iter().find(|(name, _)| *name == status)?;
            Some(match word {
                Word::Always(came) => *came,
                Word::BySip(came) => {
                    let by_sip = sip.and_then(|code| SIP.iter().find(|(codes, _)| codes.contains(&code)));
                    by_sip.map_or(*came, |(_, came)| *came)
                }
                Word::ByWhom(came) => {
                    let by_whom = answered_by.and_then(|whom| WHOM.iter().find(|(name, _)| *name == whom));
                    by_whom.map_or(*came, |(_, came)| *came)
                }
            })
        }
        Said::Refused { code } => Some(failed(Some(code))),
        Said::Message { status, code } => {
            let (_, came) = MESSAGES.iter().find(|(name, _)| *name == status)?;
            Some(if *came == Came::Failed { failed(code) } else { *came })
        }
    }
}

/// What it came to that failed with an error of this code.
fn failed(code: Option<&str>) -> Came {
    let known = code.and_then(|code| CODES.iter().find(|(name, _)| *name == code));
    known.map_or(Came::Failed, |(_, came)| *came)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for came in Came::ALL {
            assert_eq!(Came::parse(came.as_str()), Some(came));
        }
        assert_eq!(Came::parse("new"), None);
    }

    #[test]
    fn reports_come_in_any_order() {
        let all = |before: Came| {
            Came::ALL.into_iter().filter(|came| came.is_news(Some(before))).collect::<Vec<_>>()
        };
        assert!(Came::ALL.into_iter().all(|came| came.is_news(None) && !came.is_news(Some(came))));
        assert_eq!(all(Came::Delivered), [Came::Answered, Came::Failed, Came::NoSuchNumber, Came::OptedOut]);
        assert_eq!(all(Came::Answered), [Came::Dropped, Came::OptedOut]);
        assert_eq!((all(Came::Dropped), all(Came::Busy), all(Came::OptedOut)), (vec![], vec![], vec![]));
        assert_eq!(all(Came::Cancelled).len(), Came::ALL.len() - 1);
        assert!(Came::NoAnswer.is_news(Some(Came::Failed)) && !Came::Delivered.is_news(Some(Came::Failed)));
    }

    #[test]
    fn what_twilio_says_of_calls() {
        let rows = [
            ("ringing is not over", "ringing", None, None, None),
            ("nor is speaking", "in-progress", None, None, None),
            ("answered", "completed", Some(200), None, Some(Came::Answered)),
            ("by a person", "completed", Some(200), Some("human"), Some(Came::Answered)),
            ("by who knows whom", "completed", None, Some("unknown"), Some(Came::Answered)),
            ("by a machine", "completed", None, Some("machine_start"), Some(Came::Machine)),
            ("by one that beeped", "completed", None, Some("machine_end_beep"), Some(Came::Machine)),
            ("by a fax", "completed", None, Some("fax"), Some(Came::Machine)),
            ("busy", "busy", Some(486), None, Some(Came::Busy)),
            ("nobody", "no-answer", None, None, Some(Came::NoAnswer)),
            ("turned down", "no-answer", Some(603), None, Some(Came::Rejected)),
            ("out of reach", "failed", Some(480), None, Some(Came::NoAnswer)),
            ("no such number", "failed", Some(404), None, Some(Came::NoSuchNumber)),
            ("it was changed", "failed", Some(410), None, Some(Came::NoSuchNumber)),
            ("it lacks digits", "failed", Some(484), None, Some(Came::NoSuchNumber)),
            ("it is nowhere", "failed", Some(604), None, Some(Came::NoSuchNumber)),
            ("no room", "failed", Some(503), None, Some(Came::Congestion)),
            ("an answer nobody knows", "failed", Some(499), None, Some(Came::Failed)),
            ("taken back", "canceled", None, None, Some(Came::Cancelled)),
        ];
        for (label, status, sip, answered_by, expected) in rows {
            assert_eq!(came_of(Said::Call { status, sip, answered_by }), expected, "{label}");
        }
    }

    #[test]
    fn what_is_said_of_messages() {
        let rows = [
            ("on its way to the provider", "queued", None, None),
            ("on its way", "sent", None, Some(Came::Delivered)),
            ("there", "delivered", None, Some(Came::Delivered)),
            ("read", "read", None, Some(Came::Answered)),
            ("not there", "undelivered", Some("30003"), Some(Came::Failed)),
            ("nobody has it", "undelivered", Some("30005"), Some(Came::NoSuchNumber)),
            ("it takes no messages", "undelivered", Some("30006"), Some(Came::NoSuchNumber)),
            ("nobody of WhatsApp's", "failed", Some("131026"), Some(Came::NoSuchNumber)),
            ("there, whatever it says beside", "delivered", Some("30005"), Some(Came::Delivered)),
            ("they sent STOP", "undelivered", Some("21610"), Some(Came::OptedOut)),
            ("they blocked us", "failed", Some("63014"), Some(Came::OptedOut)),
            ("they turned marketing off", "failed", Some("131050"), Some(Came::OptedOut)),
            ("it never left", "failed", Some("not_sent"), Some(Came::Cancelled)),
        ];
        for (label, status, code, expected) in rows {
            assert_eq!(came_of(Said::Message { status, code }), expected, "{label}");
        }
        assert_eq!(came_of(Said::Refused { code: "21211" }), Some(Came::NoSuchNumber));
        assert_eq!(
            came_of(Said::Refused { code: "21216" }),
            Some(Came::Failed),
            "what is blocked is a number"
        );
    }
}
