//! What is known of leads when a campaign asks whether they may be tried: one look at the database for many of them.

use super::listed::Listed;
use super::owners::Owners;
use crate::app::App;
use crate::clock::Millis;
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::identity::{Identity, IdentityKind, e164, match_key};
use crate::domain::lifecycle::Status;
use crate::domain::outreach::campaign::{Campaign, Needed};
use crate::domain::outreach::{Came, Facts, Ledger, Tracked, place};
use crate::service::outbox;
use crate::store::db::{StoreError, Within};
use crate::store::notices::CLAIM_HOLDS;
use crate::store::outreach::known::{self, ConsentRow, InHandRow, KnownRow, TriedRow};
use crate::store::outreach::members::MemberRow;
use crate::store::persons::{self as people, IdentityRow};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A lead of a campaign, with what is known of it.
#[derive(Clone, Debug)]
pub struct KnownLead {
    /// The lead.
    pub lead_id: i64,
    /// Its person.
    pub person_id: i64,
    /// How it was stirred in the campaign when it was looked at.
    pub stirred: i64,
    /// All numbers it is known by, as they are compared.
    pub numbers: Vec<String>,
    /// What is known.
    pub facts: Facts,
}

impl KnownLead {
    fn with_dead_numbers(mut self, tried: &Tried) -> KnownLead {
        let is_none = |channel: &Channel| {
            self.facts.key(*channel).is_some_and(|address| tried.is_no_number(&address, *channel))
        };
        self.facts.no_such_number = Channel::ALL.into_iter().filter(is_none).collect();
        self
    }
}

/// Whether leads of the hopper count as being tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// They do, as anybody else.
    Counts,
    /// They do not: whoever asks has taken them out of it to try them.
    Taken,
    /// Nor does this attempt, which is about to leave.
    Trying(i64),
}

/// Everything known of these leads, in the order of their ids. Those that are not there are left out.
///
/// # Errors
/// Where the database does not answer, or a row holds what nobody writes.
pub async fn knowing(
    app: &App,
    mut db: Within<'_>,
    campaign: &Campaign,
    members: &[MemberRow],
    own: Own,
) -> Result<Vec<KnownLead>, StoreError> {
    if members.is_empty() {
        return Ok(vec![]);
    }
    let now = app.clock.now();
    let tenant = db.tenant();
    let leads: Vec<i64> = members.iter().map(|member| member.lead_id).collect();
    let rows = known::known(db.again(), &leads).await?;
    let persons: Vec<i64> =
        rows.iter().map(|row| row.person_id).collect::<BTreeSet<_>>().into_iter().collect();
    let identities = by_person(people::identities(db.again(), &persons).await?);
    let none = Vec::new();
    let of = |person: i64| identities.get(&person).unwrap_or(&none);
    let addresses: HashMap<i64, Addresses> =
        rows.iter().map(|row| (row.id, Addresses::of(row.phone.as_deref(), of(row.person_id)))).collect();
    let all: BTreeSet<String> =
        addresses.values().flat_map(|addresses| addresses.keys.iter().cloned()).collect();
    let all: Vec<String> = all.into_iter().collect();
    let mut tried = known::tried(db.again(), &persons, &all).await?;
    tried.retain(|row| own != Own::Trying(row.id));
    let tried = Tried::of(tried);
    let owners = Owners::of(app, db.again(), &all).await?;
    let mut in_hand = known::in_hand(db.again(), &persons, &all).await?;
    in_hand.extend(owners.in_hand().cloned());
    let in_hand = InHand::of(in_hand);
    let listed = Listed::among(app, db.again(), campaign.id, &all).await?;
    let opted_in = match campaign.settings.consent {
        Needed::Nothing => HashMap::new(),
        Needed::Contact | Needed::OptIn => opted_in(known::consents(db.again(), &persons).await?),
    };
    let windows = match outbox::account(app, tenant, Channel::Whatsapp).filter(|_| campaign.needs_windows()) {
        Some(account) => known::windows(db, account.id, &persons).await?,
        None => vec![],
    };
    let windows: HashMap<i64, Millis> =
        windows.into_iter().map(|row| (row.person_id, row.closes_at)).collect();
    let members: HashMap<i64, &MemberRow> = members.iter().map(|member| (member.lead_id, member)).collect();
    let center = app.center(tenant.0);
    let facts = rows.into_iter().map(|row| {
        let addresses = &addresses[&row.id];
        let fields: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(&row.fields).unwrap_or_default();
        let place = place(of(row.person_id), &fields, center);
        let member = members.get(&row.id);
        let (tried_at, tried_ever) = tried.at(row.person_id, &addresses.keys);
        // Of two that are ready for one phone the first is tried, and the other waits for it.
        let holds = |other: &InHandRow| match own {
            Own::Counts => true,
            Own::Taken => other.lead_id < row.id || (other.is_claimed && other.lead_id != row.id),
            Own::Trying(_) => other.lead_id != row.id,
        };
        let known = KnownLead {
            lead_id: row.id,
            person_id: row.person_id,
            stirred: member.map_or(0, |member| member.stirred),
            numbers: addresses.keys.clone(),
            facts: Facts {
                is_active: row.is_active,
                is_merged: row.merged_into.is_some(),
                is_erased: row.erased_at.is_some(),
                life: Status::parse(&row.status),
                ledger: tried.ledger(row.id)?,
                step: member.map_or(0, |member| usize::try_from(member.step).unwrap_or(0)),
                tries: member.map_or(0, |member| u32::try_from(member.tries).unwrap_or(0)),
                no_such_number: vec![],
                phone: addresses.phone.clone(),
                whatsapp: addresses.whatsapp.clone(),
                opted_out: owners.opted_out(row.opted_out.as_deref().unwrap_or_default(), &addresses.keys),
                place,
                tried_at,
                tried_ever,
                dropped_at: tried.dropped_at(row.person_id, &addresses.keys),
                listed: listed.names(&addresses.keys),
                heard_at: row.last_message_at.max(owners.heard_at(&addresses.keys)),
                opted_in: opted_in.get(&row.person_id).cloned().unwrap_or_default(),
                claimed_until: row.claimed_at.map(|at| at + CLAIM_HOLDS).filter(|until| *until > now),
                callback_at: row.callback_at,
                in_hand_until: in_hand.until(row.person_id, &addresses.keys, holds),
                window_closes_at: windows.get(&row.person_id).copied(),
                tracked: tracked(row),
            },
        };
        Ok(known.with_dead_numbers(&tried))
    });
    facts.collect()
}

fn tracked(row: KnownRow) -> Tracked {
    Tracked {
        status: row.dial_status,
        status_at: row.last_status_change,
        result: row.dial_result,
        last_at: row.last_dial_attempt,
        attempts: row.dial_attempts,
        answered: row.answered_count,
    }
}

fn by_person(rows: Vec<IdentityRow>) -> HashMap<i64, Vec<Identity>> {
    let mut all: HashMap<i64, Vec<Identity>> = HashMap::new();
    for row in rows {
        all.entry(row.person_id).or_default().extend(row.identity());
    }
    all
}

/// Where somebody is reached, and by what their numbers are compared.
#[derive(Clone, Debug, Default)]
struct Addresses {
    phone: Option<String>,
    whatsapp: Option<String>,
    keys: Vec<String>,
}

impl Addresses {
    /// The lead's own number first, then the person's.
    fn of(phone: Option<&str>, identities: &[Identity]) -> Addresses {
        let value = |kind: IdentityKind| {
            identities
                .iter()
                .filter(move |identity| identity.kind == kind)
                .map(|identity| identity.value.clone())
        };
        let numbers = phone.into_iter().map(str::to_owned).chain(value(IdentityKind::Phone));
        let numbers: Vec<String> = numbers.filter_map(|number| e164(&number)).collect();
        let whatsapp = value(IdentityKind::Whatsapp).next();
        let by_whatsapp = whatsapp.iter().map(|id| format!("+{id}"));
        let keys: BTreeSet<String> =
            numbers.iter().cloned().chain(by_whatsapp).map(|number| match_key(&number)).collect();
        Addresses {
            phone: numbers.into_iter().next(),
            whatsapp: whatsapp.or_else(|| value(IdentityKind::WhatsappUser).next()),
            keys: keys.into_iter().collect(),
        }
    }
}

/// Attempts, by whom and by which number.
#[derive(Debug)]
struct Tried {
    all: Vec<TriedRow>,
    by_person: HashMap<i64, Vec<usize>>,
    by_address: HashMap<String, Vec<usize>>,
    by_lead: HashMap<i64, Vec<usize>>,
}

impl Tried {
    fn of(all: Vec<TriedRow>) -> Tried {
        let mut tried =
            Tried { all, by_person: HashMap::new(), by_address: HashMap::new(), by_lead: HashMap::new() };
        for (n, row) in tried.all.iter().enumerate() {
            tried.by_person.entry(row.person_id).or_default().push(n);
            tried.by_address.entry(row.address.clone()).or_default().push(n);
            tried.by_lead.entry(row.lead_id).or_default().push(n);
        }
        tried
    }

    fn rows(&self, person: i64, addresses: &[String]) -> impl Iterator<Item = &TriedRow> {
        let by_address = addresses.iter().filter_map(|address| self.by_address.get(address));
        let places: BTreeSet<usize> =
            self.by_person.get(&person).into_iter().chain(by_address).flatten().copied().collect();
        places.into_iter().map(|n| &self.all[n])
    }

    /// When somebody was tried, the oldest first, and how often ever; without what was taken back.
    fn at(&self, person: i64, addresses: &[String]) -> (Vec<Millis>, u32) {
        let counts = |row: &&TriedRow| row.came.as_deref() != Some(Came::Cancelled.as_str());
        let at: Vec<Millis> = self.rows(person, addresses).filter(counts).map(|row| row.began_at).collect();
        let ever = u32::try_from(at.len()).unwrap_or(u32::MAX);
        (at, ever)
    }

    /// When the last call to them ended that was dropped.
    fn dropped_at(&self, person: i64, addresses: &[String]) -> Option<Millis> {
        let is_dropped = |row: &&TriedRow| row.came.as_deref() == Some(Came::Dropped.as_str());
        self.rows(person, addresses).filter(is_dropped).filter_map(|row| row.ended_at).max()
    }

    /// Whether a number turned out to be none, or to take nothing by a channel, when it was tried last by that.
    fn is_no_number(&self, address: &str, channel: Channel) -> bool {
        let rows = self.by_address.get(address).into_iter().flatten().map(|n| &self.all[*n]);
        let mut came =
            rows.filter(|row| row.channel == channel.as_str()).filter_map(|row| row.came.as_deref());
        came.rfind(|came| *came != Came::Cancelled.as_str()) == Some(Came::NoSuchNumber.as_str())
    }

    fn ledger(&self, lead: i64) -> Result<Ledger, StoreError> {
        let mut ledger = Ledger::default();
        for row in self.by_lead.get(&lead).into_iter().flatten().map(|n| &self.all[*n]) {
            let (Some(came), Some(ended_at)) = (&row.came, row.ended_at) else { continue };
            let unknown =
                || StoreError::Corrupt { column: "outreach_attempts.came", source: came.clone().into() };
            let came = Came::parse(came).ok_or_else(unknown)?;
            ledger.count(row.began_at, ended_at, came);
        }
        Ok(ledger)
    }
}

/// Who is in the hopper.
#[derive(Debug)]
struct InHand {
    all: Vec<InHandRow>,
}

impl InHand {
    fn of(all: Vec<InHandRow>) -> InHand {
        InHand { all }
    }

    fn until(&self, person: i64, addresses: &[String], holds: impl Fn(&InHandRow) -> bool) -> Option<Millis> {
        let is_it = |row: &&InHandRow| row.person_id == person || addresses.contains(&row.address);
        self.all.iter().filter(is_it).filter(|row| holds(row)).map(|row| row.leased_until).max()
    }
}

fn opted_in(rows: Vec<ConsentRow>) -> HashMap<i64, Vec<Channel>> {
    let mut all: HashMap<i64, HashSet<Channel>> = HashMap::new();
    for row in rows {
        let Some(channel) = Channel::parse(&row.channel) else { continue };
        let of = all.entry(row.person_id).or_default();
        if row.signal == Signal::Start.as_str() {
            of.insert(channel);
        } else if row.signal == Signal::Stop.as_str() {
            of.remove(&channel);
        }
    }
    all.into_iter().map(|(person, channels)| (person, channels.into_iter().collect())).collect()
}
