//! What a turn sends, as rows of the outbox.

use super::plan::Setting;
use super::request::TurnRequest;
use crate::channels::MessageRef;
use crate::clock::Millis;
use crate::domain::channel::Channel;
use crate::domain::consent::Signal;
use crate::domain::sending::{Dispatch, DispatchKind};
use crate::store::outbox::{BEHIND, Held};
use crate::store::turns::{Known, OutboxRow, lane, unasked_lane};

/// The process that writes rows and will send them itself: it holds them from birth.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'a> {
    /// Its name.
    pub holder: &'a str,
    /// How long it holds them.
    pub until: Millis,
}

/// What a turn's sends come to.
#[derive(Debug, Default)]
pub(super) struct Sends {
    /// Their rows.
    pub rows: Vec<OutboxRow>,
    /// What this process holds of them.
    pub held: Vec<Held>,
    /// How far the recipient's schedule is filled.
    pub paced_until: Millis,
}

/// What a turn says that is to be sent.
#[derive(Debug)]
pub(super) struct Leaving {
    /// On which channel.
    pub channel: Channel,
    /// The first message it is part of.
    pub first: MessageRef,
    /// The opt-out or opt-in it confirms.
    pub consent: Option<Signal>,
    /// When WhatsApp's window closes, where this turn or one before has opened it.
    pub window_closes_at: Option<Millis>,
    /// Nobody asked for it: until when it may leave.
    pub unasked_until: Option<Millis>,
    /// In the provider's form.
    pub dispatches: Vec<Dispatch>,
}

/// Whether a turn may send at all: not where the person has opted out, but for the turn that says so, which confirms it.
pub(super) fn may_send(was_opted_out: bool, consent: Option<Signal>) -> bool {
    !was_opted_out || consent == Some(Signal::Start)
}

/// Rows of what a turn sends. Messages wait in the person's lane behind what is still to be sent; all parts belong to the
/// first message the turn says, on the channel it is said on. What nobody asked for has a lane of its own: no answer waits for
/// it.
pub(super) fn sends(
    setting: &Setting<'_>,
    request: &TurnRequest,
    known: &Known,
    person_id: i64,
    leaving: Leaving,
) -> Sends {
    let Leaving { channel, first, consent, unasked_until, window_closes_at, dispatches } = leaving;
    let mut paced_until = known.paced_until.unwrap_or(0);
    let before = known.tail.filter(|_| unasked_until.is_none());
    let mut tail = before;
    // What is behind what this process holds is held by it as well: its worker knows the order. Behind anything else it
    // waits, and once one waits, all behind it do.
    let mine = setting.hold.is_some_and(|hold| known.tail_holder.as_deref() == Some(hold.holder));
    let mut waits = before.is_some() && !mine;
    let mut held = Vec::new();
    let parts = dispatches.iter().filter(|dispatch| dispatch.kind.is_message()).count() as i64;
    let mut part = 0;
    let mut rows = Vec::with_capacity(dispatches.len());
    for Dispatch { kind, to, body } in dispatches {
        let id = setting.ids.next(setting.now);
        let is_message = kind.is_message();
        let (wanted_at, after) = kind.pace(paced_until, setting.now);
        paced_until = after;
        let place = tail.map_or(id, |tail| id.max(tail + 1));
        let after = tail.filter(|_| is_message);
        if is_message {
            waits |= wanted_at > setting.now;
            tail = Some(place);
        }
        let hold = setting.hold.filter(|_| !(is_message && waits));
        let row = OutboxRow {
            tenant_id: request.tenant_id,
            id,
            kind: kind.as_str(),
            account_id: request.account_id,
            lane: is_message.then(|| match unasked_until {
                None => lane(request.account_id, person_id),
                Some(_) => unasked_lane(request.account_id, person_id),
            }),
            place,
            recipient: to,
            payload: body,
            person_id,
            channel: channel.as_str(),
            conversation_id: first.conversation_id,
            seq: first.seq,
            part,
            parts,
            dedupe_key: None,
            unasked_until,
            confirms: consent == Some(Signal::Stop),
            state: if hold.is_some() { "held" } else { "waiting" },
            attempts: i64::from(hold.is_some()),
            holder: hold.map(|hold| hold.holder.to_owned()),
            run_at: match hold {
                Some(hold) => hold.until,
                None if is_message && before.is_some() => wanted_at.max(setting.now + BEHIND),
                None => wanted_at,
            },
            wanted_at,
            created_at: setting.now,
        };
        held.extend(hold.map(|_| Held { window_closes_at, ..Held::born(&row, after) }));
        rows.push(row);
        part += i64::from(is_message);
    }
    Sends { rows, held, paced_until }
}

/// A job that goes to no person: whoever has opted out of being written to has not opted out of it.
pub(super) struct Beside<'a> {
    /// What sends it.
    pub kind: DispatchKind,
    /// Its id, and its place in its lane.
    pub id: i64,
    /// Whose schedule it goes by; 0: nobody's.
    pub account_id: i64,
    /// What it waits in, where order matters.
    pub lane: Option<String>,
    /// The sink or list it goes to.
    pub recipient: &'a str,
    /// What it carries, JSON.
    pub payload: String,
    /// When it is to leave.
    pub at: Millis,
    /// This process, where it sends it at once.
    pub hold: Option<Hold<'a>>,
}

/// The row of a job that goes to no person, for a turn of this person at this place of this conversation; and what this process
/// holds of it.
pub(super) fn beside(
    setting: &Setting<'_>,
    tenant_id: i64,
    (person_id, conversation_id, seq): (i64, i64, i64),
    job: Beside<'_>,
) -> (OutboxRow, Option<Held>) {
    let Beside { kind, id, account_id, lane, recipient, payload, at, hold } = job;
    let row = OutboxRow {
        tenant_id,
        id,
        kind: kind.as_str(),
        account_id,
        lane,
        place: id,
        recipient: recipient.to_owned(),
        payload,
        person_id,
        channel: "",
        conversation_id,
        seq,
        part: 0,
        parts: 1,
        dedupe_key: None,
        unasked_until: None,
        confirms: false,
        state: if hold.is_some() { "held" } else { "waiting" },
        attempts: i64::from(hold.is_some()),
        holder: hold.map(|hold| hold.holder.to_owned()),
        run_at: hold.map_or(at, |hold| hold.until),
        wanted_at: at,
        created_at: setting.now,
    };
    let held = hold.map(|_| Held::born(&row, None));
    (row, held)
}
