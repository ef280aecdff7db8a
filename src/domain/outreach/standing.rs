//! Where a lead stands by what came of reaching for it: its `dial_status`, which may be missing where its lifecycle status never is.

use super::Came;

/// What a lead's `dial_status` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nobody has tried yet, or it is to be tried as if nobody had.
    New,
    /// Nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// The call could not be made, or the message not delivered.
    Failed,
    /// The call broke off, or nobody of ours was there.
    Dropped,
    /// The network had no room.
    Congestion,
    /// A machine answered.
    Machine,
    /// A machine took a message.
    VoicemailLeft,
    /// They turned the call down.
    Rejected,
    /// A message is with them.
    Messaged,
    /// They answered.
    Contacted,
    /// They want to be called at a time that was agreed.
    Callback,
    /// They bought.
    Sale,
    /// They do not want it.
    NotInterested,
    /// They are not who we took them for.
    WrongNumber,
    /// They want no more calls.
    DoNotCall,
    /// Nothing is known of them any more.
    Erased,
}

/// What may be done with leads that stand so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// They may be tried again.
    Recyclable,
    /// It is over with them.
    Final,
    /// It is not known where they stand: `leadwire leads fix-status` finds out.
    Problematic,
}

impl Kind {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Recyclable => "recyclable",
            Kind::Final => "final",
            Kind::Problematic => "problematic",
        }
    }
}

impl Standing {
    /// All of them.
    pub const ALL: [Standing; 17] = [
        Standing::New,
        Standing::NoAnswer,
        Standing::Busy,
        Standing::Failed,
        Standing::Dropped,
        Standing::Congestion,
        Standing::Machine,
        Standing::VoicemailLeft,
        Standing::Rejected,
        Standing::Messaged,
        Standing::Contacted,
        Standing::Callback,
        Standing::Sale,
        Standing::NotInterested,
        Standing::WrongNumber,
        Standing::DoNotCall,
        Standing::Erased,
    ];

    /// Its name in columns and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Standing::New => "new",
            Standing::NoAnswer => "no_answer",
            Standing::Busy => "busy",
            Standing::Failed => "failed",
            Standing::Dropped => "dropped",
            Standing::Congestion => "congestion",
            Standing::Machine => "machine",
            Standing::VoicemailLeft => "voicemail_left",
            Standing::Rejected => "rejected",
            Standing::Messaged => "messaged",
            Standing::Contacted => "contacted",
            Standing::Callback => "callback",
            Standing::Sale => "sale",
            Standing::NotInterested => "not_interested",
            Standing::WrongNumber => "wrong_number",
            Standing::DoNotCall => "do_not_call",
            Standing::Erased => "erased",
        }
    }

    /// The standing of this name.
    pub fn parse(name: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|standing| standing.as_str() == name)
    }

    /// Where a lead stands after an attempt of which this came.
    pub const fn of(came: Came) -> Standing {
        match came {
            Came::Answered => Standing::Contacted,
            Came::Machine => Standing::Machine,
            Came::VoicemailLeft => Standing::VoicemailLeft,
            Came::NoAnswer => Standing::NoAnswer,
            Came::Busy => Standing::Busy,
            Came::Rejected => Standing::Rejected,
            Came::Dropped => Standing::Dropped,
            Came::Congestion => Standing::Congestion,
            Came::Failed | Came::NoSuchNumber | Came::Cancelled => Standing::Failed,
            Came::Delivered => Standing::Messaged,
            Came::OptedOut => Standing::DoNotCall,
        }
    }

    /// What may be done with leads that stand so.
    pub const fn kind(self) -> Kind {
        match self {
            Standing::Sale
            | Standing::NotInterested
            | Standing::WrongNumber
            | Standing::DoNotCall
            | Standing::Erased => Kind::Final,
            _ => Kind::Recyclable,
        }
    }

    /// Why leads that stand so are not tried again; `None`: they may be.
    pub const fn over(self) -> Option<&'static str> {
        match self {
            Standing::Sale => Some("they bought"),
            Standing::NotInterested => Some("they do not want it"),
            Standing::WrongNumber => Some("the number is not theirs"),
            Standing::DoNotCall => Some("they want no more calls"),
            Standing::Erased => Some("they were erased"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_what_is_over_says_why() {
        for standing in Standing::ALL {
            assert_eq!(Standing::parse(standing.as_str()), Some(standing));
            assert_eq!(standing.kind() == Kind::Final, standing.over().is_some(), "{standing:?}");
        }
        assert_eq!(Standing::parse(""), None);
    }

    #[test]
    fn whoever_wants_no_more_is_not_tried_again() {
        let over: Vec<Came> =
            Came::ALL.into_iter().filter(|came| Standing::of(*came).kind() == Kind::Final).collect();
        assert_eq!(over, [Came::OptedOut]);
    }
}
