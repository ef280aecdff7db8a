//! The gates a lead has to pass before it is tried.

use crate::clock::Millis;

/// A gate. In this order they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gate {
    /// The campaign runs.
    Campaign,
    /// The lead is there and open.
    Lead,
    /// Where it stands by earlier attempts allows another.
    Status,
    /// Attempts are left.
    Attempts,
    /// A channel reaches it.
    Address,
    /// Its person has not opted out.
    OptOut,
    /// No do-not-contact list names it.
    DoNotContact,
    /// What the campaign needs is on record.
    Consent,
    /// The channel works.
    ChannelHealth,
    /// WhatsApp takes free words, or there is a template.
    Template,
    /// Nobody tries it at this moment.
    InHand,
    /// Nobody of ours has it.
    Claimed,
    /// No later time was agreed.
    Callback,
    /// It has rested since the last attempt.
    Delay,
    /// Person and number were not tried too often.
    Caps,
    /// The campaign's hours and days, by their own clock.
    Hours,
    /// The campaign's holidays.
    Holidays,
    /// The rules of the place they are in.
    Region,
    /// Nobody of ours was at no more of the campaign's answered calls than the place allows.
    Abandoned,
}

impl Gate {
    /// All of them.
    pub const ALL: [Gate; 19] = [
        Gate::Campaign,
        Gate::Lead,
        Gate::Status,
        Gate::Attempts,
        Gate::Address,
        Gate::OptOut,
        Gate::DoNotContact,
        Gate::Consent,
        Gate::ChannelHealth,
        Gate::Template,
        Gate::InHand,
        Gate::Claimed,
        Gate::Callback,
        Gate::Delay,
        Gate::Caps,
        Gate::Hours,
        Gate::Holidays,
        Gate::Region,
        Gate::Abandoned,
    ];

    /// Its name in columns and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Gate::Campaign => "campaign",
            Gate::Lead => "lead",
            Gate::Status => "status",
            Gate::Attempts => "attempts",
            Gate::Address => "address",
            Gate::OptOut => "opt_out",
            Gate::DoNotContact => "do_not_contact",
            Gate::Consent => "consent",
            Gate::ChannelHealth => "channel_health",
            Gate::Template => "template",
            Gate::InHand => "in_hand",
            Gate::Claimed => "claimed",
            Gate::Callback => "callback",
            Gate::Delay => "delay",
            Gate::Caps => "caps",
            Gate::Hours => "hours",
            Gate::Holidays => "holidays",
            Gate::Region => "region",
            Gate::Abandoned => "abandoned",
        }
    }

    /// The gate of this name.
    pub fn parse(name: &str) -> Option<Gate> {
        Gate::ALL.into_iter().find(|gate| gate.as_str() == name)
    }
}

/// How a gate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Passed.
    Open,
    /// Shut until then.
    Until(Millis),
    /// Shut until something else changes.
    Shut,
}

/// A gate, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub gate: Gate,
    /// How.
    pub stand: Stand,
}
