//! What is known of a lead when it is asked whether it may be tried.

use super::campaign::Step;
use super::{Ledger, Place, Standing, Tracked, corrected};
use crate::clock::Millis;
use crate::domain::channel::Channel;
use crate::domain::identity::match_key;
use crate::domain::lifecycle::Status;
use std::cmp::Ordering;

/// An entry of a do-not-contact list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedBy {
    /// Whether the list is the campaign's, and not the center's.
    pub is_campaigns: bool,
    /// The entry in words.
    pub entry: String,
}

/// A lead and its person, as one campaign sees them.
#[derive(Clone, Debug)]
pub struct Facts {
    /// It was not put aside.
    pub is_active: bool,
    /// It was merged into another.
    pub is_merged: bool,
    /// Its person was erased.
    pub is_erased: bool,
    /// What its life stands at; `None`: what nobody knows.
    pub life: Option<Status>,
    /// What it says of the attempts to reach it.
    pub tracked: Tracked,
    /// What the ledger says of them.
    pub ledger: Ledger,
    /// The campaign's step it was tried by last, and how often by that one since it was recycled.
    pub step: usize,
    /// How often by that step.
    pub tries: u32,
    /// Where calls and text messages reach it, E.164.
    pub phone: Option<String>,
    /// Where WhatsApp reaches it: the provider's id.
    pub whatsapp: Option<String>,
    /// Channels whose provider said of the address, when it was tried last, that it is no number, or takes nothing of the kind.
    pub no_such_number: Vec<Channel>,
    /// Channels its person wants nothing on, comma-separated.
    pub opted_out: String,
    /// Where its person may be.
    pub place: Place,
    /// When its person or its numbers were tried, whatever campaign and channel, the oldest first; not those that were taken back. As far
    /// back as caps look.
    pub tried_at: Vec<Millis>,
    /// How often they were tried ever.
    pub tried_ever: u32,
    /// When a call to its person or its numbers ended that somebody took and nobody of ours was on, the last of them, by whatever campaign.
    pub dropped_at: Option<Millis>,
    /// The entry of a do-not-contact list that names it.
    pub listed: Option<NamedBy>,
    /// When they wrote to us last, or called.
    pub heard_at: Option<Millis>,
    /// Channels they opted in to.
    pub opted_in: Vec<Channel>,
    /// Until when it is with somebody of ours.
    pub claimed_until: Option<Millis>,
    /// When they want to be called, as was agreed.
    pub callback_at: Option<Millis>,
    /// It, its person or its number is being tried, or about to be: until when that is waited for.
    pub in_hand_until: Option<Millis>,
    /// When WhatsApp's window closes that they opened.
    pub window_closes_at: Option<Millis>,
}

impl Facts {
    /// Where it stands by the attempts to reach it, and since when: as the ledger has it where it says otherwise.
    pub fn standing(&self) -> (Standing, Option<Millis>) {
        let right = corrected(&self.tracked, &self.ledger).map(|(_, right)| right);
        let said = right.as_ref().unwrap_or(&self.tracked);
        let standing = said
            .status
            .as_deref()
            .and_then(Standing::parse)
            .unwrap_or_else(|| self.ledger.last.map_or(Standing::New, |(_, _, came)| Standing::of(came)));
        (standing, said.status_at)
    }

    /// Whether they wrote or called since it was tried: somebody speaks with them already. One that was recycled since is tried anew.
    pub fn has_answered(&self, standing: Standing) -> bool {
        let since = self.ledger.last.map(|(began, ..)| began);
        let is_anew = matches!(standing, Standing::New | Standing::Callback);
        !is_anew && since.is_some() && self.heard_at > since
    }

    /// Whether its person wants nothing on this channel.
    pub fn has_opted_out(&self, channel: Channel) -> bool {
        self.opted_out.split(',').any(|name| name == channel.as_str())
    }

    /// Whether a channel reaches it, as far as is known, and its person has not opted out of that.
    pub fn is_reached_by(&self, channel: Channel) -> bool {
        self.address(channel).is_some()
            && !self.has_opted_out(channel)
            && !self.no_such_number.contains(&channel)
    }

    /// How many attempts are left by each step: none by those behind it, and by those that do not reach it.
    pub fn left(&self, steps: &[Step]) -> Vec<u32> {
        let left = |(n, step): (usize, &Step)| match n.cmp(&self.step) {
            _ if !self.is_reached_by(step.channel) => 0,
            Ordering::Less => 0,
            Ordering::Equal => step.attempts.saturating_sub(self.tries),
            Ordering::Greater => step.attempts,
        };
        steps.iter().enumerate().map(left).collect()
    }

    /// Where a channel reaches it.
    pub fn address(&self, channel: Channel) -> Option<&str> {
        match channel {
            Channel::Voice | Channel::Sms => self.phone.as_deref(),
            Channel::Whatsapp => self.whatsapp.as_deref().or(self.phone.as_deref()),
            Channel::Web => None,
        }
    }

    /// By what the address is compared at which a channel reaches it.
    pub fn key(&self, channel: Channel) -> Option<String> {
        let address = self.address(channel)?;
        Some(match channel {
            Channel::Whatsapp if !address.starts_with('+') => match_key(&format!("+{address}")),
            _ => match_key(address),
        })
    }
}
