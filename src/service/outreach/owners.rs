//! Whoever else is known by a lead's numbers: what they want nothing of, when they were heard, and that they are being tried, is the number's
//! as well. A number that was typed into a web page is nobody's identity, and the phone that has it may have said STOP.

use crate::app::App;
use crate::clock::Millis;
use crate::domain::identity::IdentityKind;
use crate::domain::suppression::joined;
use crate::store::db::{StoreError, Within};
use crate::store::outreach::known::{self, InHandRow, OwnerRow};
use std::collections::HashMap;

/// Numbers (their keys) as identities compare them: kind and value.
fn identities_of(numbers: &[String]) -> Vec<(&'static str, String)> {
    let kinds = |number: &String| {
        let digits = number.trim_start_matches('+').to_owned();
        [(IdentityKind::Phone.as_str(), number.clone()), (IdentityKind::Whatsapp.as_str(), digits)]
    };
    numbers.iter().flat_map(kinds).collect()
}

/// What is known of numbers, by their keys.
#[derive(Debug, Default)]
pub struct Owners {
    opted_out: HashMap<String, String>,
    heard_at: HashMap<String, Millis>,
    in_hand: Vec<InHandRow>,
}

impl Owners {
    /// Looks for these numbers (their keys).
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn of(app: &App, mut db: Within<'_>, numbers: &[String]) -> Result<Owners, StoreError> {
        let tenant = db.tenant().0;
        let addresses = identities_of(numbers);
        let mut owners = Owners::default();
        for row in known::owners(db.again(), &addresses).await? {
            let number = format!("+{}", row.value.trim_start_matches('+'));
            owners.add(&number, &row.opted_out);
            if let Some(at) = row.last_message_at {
                let heard = owners.heard_at.entry(number.clone()).or_insert(at);
                *heard = at.max(*heard);
            }
            owners.in_hand.extend(held(&row, number));
        }
        let hash = |(kind, value): &(&'static str, String)| {
            let hash = app.suppression_key.hash(tenant, (kind, value))?;
            Some((hash, format!("+{}", value.trim_start_matches('+'))))
        };
        let hashes: HashMap<String, String> = addresses.iter().filter_map(hash).collect();
        let all: Vec<String> = hashes.keys().cloned().collect();
        for row in known::suppressed(db, &all).await? {
            if let Some(number) = hashes.get(&row.hash) {
                owners.add(number, &row.channel);
            }
        }
        Ok(owners)
    }

    fn add(&mut self, number: &str, channels: &str) {
        let known = self.opted_out.entry(number.to_owned()).or_default();
        *known = joined(known, channels);
    }

    /// Who of them is in the hopper, by the numbers they are known by here, also where it is another number of theirs that is tried.
    pub fn in_hand(&self) -> impl Iterator<Item = &InHandRow> {
        self.in_hand.iter()
    }

    /// Channels that whoever has one of these numbers has opted out of, with those that are known already.
    pub fn opted_out(&self, known: &str, numbers: &[String]) -> String {
        let others = numbers.iter().filter_map(|number| self.opted_out.get(number));
        others.fold(known.to_owned(), |all, more| joined(&all, more))
    }

    /// When whoever has one of these numbers was heard last.
    pub fn heard_at(&self, numbers: &[String]) -> Option<Millis> {
        numbers.iter().filter_map(|number| self.heard_at.get(number)).max().copied()
    }
}

fn held(row: &OwnerRow, address: String) -> Option<InHandRow> {
    Some(InHandRow {
        lead_id: row.held_lead_id?,
        person_id: row.person_id,
        address,
        is_claimed: row.held_is_claimed?,
        leased_until: row.held_until?,
    })
}
