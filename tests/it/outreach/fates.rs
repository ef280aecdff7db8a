//! What becomes of calls, and how numbers behave.

use leadwire::clock::{MINUTE, Millis};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Somebody answers and listens for so many seconds.
    Answers(i64),
    /// A machine does.
    Machine,
    /// Somebody answers and hangs up before they are told anything.
    HangsUp,
    Busy,
    NoAnswer,
    /// A SIP answer of the network.
    Fails(u16),
}

impl Fate {
    /// What Twilio calls it.
    pub fn status(self) -> &'static str {
        match self {
            Fate::Answers(_) | Fate::Machine | Fate::HangsUp => "completed",
            Fate::Busy => "busy",
            Fate::NoAnswer => "no-answer",
            Fate::Fails(_) => "failed",
        }
    }

    pub fn is_taken(self) -> bool {
        matches!(self, Fate::Answers(_) | Fate::Machine)
    }

    pub fn seconds(self) -> i64 {
        match self {
            Fate::Answers(seconds) => seconds,
            Fate::Machine => 5,
            Fate::HangsUp => 1,
            _ => 0,
        }
    }

    pub fn answered_by(self) -> Option<&'static str> {
        match self {
            Fate::Answers(_) | Fate::HangsUp => Some("human"),
            Fate::Machine => Some("machine_start"),
            _ => None,
        }
    }
}

/// How a number behaves when it is called.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub fate: Fate,
    /// How long after its end the network speaks of it; `None`: never, unless it is asked.
    pub late: Option<Millis>,
    /// Reports come twice, and the last first.
    pub is_unruly: bool,
}

impl Fate {
    /// What the ledger is to say of it: as the network reports it, or where it is only asked, which tells no SIP answer.
    pub fn came(self, is_reported: bool) -> &'static str {
        match self {
            Fate::Answers(_) => "answered",
            Fate::Machine => "machine",
            Fate::HangsUp => "dropped",
            Fate::Busy => "busy",
            Fate::NoAnswer => "no_answer",
            Fate::Fails(480) if is_reported => "no_answer",
            Fate::Fails(503) if is_reported => "congestion",
            Fate::Fails(404) if is_reported => "no_such_number",
            Fate::Fails(_) => "failed",
        }
    }

    /// The network's answer.
    pub fn sip(self) -> Option<u16> {
        match self {
            Fate::Fails(code) => Some(code),
            _ => None,
        }
    }
}

/// What a number does, the `time`th time it is called or written to.
pub fn manner(number: &str, time: u64) -> Manner {
    let seed = number.bytes().chain(time.to_le_bytes()).fold(0xcbf2_9ce4_8422_2325_u64, |seed, byte| {
        (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let of = |shift: u32, most: u64| (seed >> shift) % most;
    // Some are nobody's, whenever they are called.
    let is_none = number.ends_with("17");
    let fate = match of(8, 14) {
        _ if is_none => Fate::Fails(404),
        0..=3 => Fate::NoAnswer,
        4 | 5 => Fate::Busy,
        6 | 7 => Fate::Machine,
        8 => Fate::Fails(503),
        9 => Fate::Fails(480),
        // So rarely that campaigns are just within the laws that limit it.
        10 if of(48, 40) == 0 => Fate::HangsUp,
        11 => Fate::Answers(20 + of(40, 600) as i64),
        _ => Fate::NoAnswer,
    };
    let late = match of(16, 12) {
        0 => None,
        1 | 2 => Some(of(24, 50) as i64 * MINUTE),
        3 => Some(80 * MINUTE),
        _ => Some(0),
    };
    Manner { fate, late, is_unruly: of(32, 5) == 0 }
}
