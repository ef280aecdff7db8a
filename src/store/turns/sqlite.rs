//! A batch on SQLite: prepared statements, row by row, on the thread of the turn loop.
//!
//! The driver the rest of the store uses hands every statement to another thread; at ten rows a turn that costs more than
//! the rows. Here there is one writer, on a thread of its own already, so it calls SQLite directly.

use super::rows::{
    AnswerRow, BehaviourRow, ConsentRow, ConversationRow, DeliveryRow, ExposureRow, GoalRow, IdentityRow,
    LeadRow, MessageRow, NoticeRow, OutboxRow, Row, ScoreRow,
};
use super::{IDENTITIES, Key, Known, PersonRow, TurnRows, lane};
use crate::store::db::StoreError;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, TransactionBehavior, params};

const PERSON: &str = "
SELECT p.id, p.turn, p.lead_id, p.variants, p.opted_out, p.pace, l.fields, l.sender_name, l.status FROM identities i
JOIN persons p ON p.tenant_id = i.tenant_id AND p.id = i.person_id
LEFT JOIN leads l ON l.tenant_id = p.tenant_id AND l.id = p.lead_id
WHERE i.tenant_id = ?1 AND i.kind = ?2 AND i.value = ?3";
/// By the person's own index: without statistics SQLite takes the tenant for a narrow choice, and would look through all
/// conversations from the newest on.
const CONVERSATION: &str = "
SELECT id, flow_id, flow_hash, state, seq, created_at, ended_at, source, paced_until, window_closes_at, lead_id FROM conversations
INDEXED BY conversations_person
WHERE tenant_id = ?1 AND person_id = ?2 AND channel = ?3 AND account_id = ?4 AND (?5 IS NULL OR public_id = ?5)
ORDER BY id DESC LIMIT 1";
/// That of a conversation that was merged into another than the person's.
const LEAD: &str = "SELECT fields, sender_name, status FROM leads WHERE tenant_id = ?1 AND id = ?2";
const TAIL: &str =
    "SELECT MAX(place), CASE WHEN MIN(COALESCE(holder, '')) = MAX(COALESCE(holder, '')) THEN MAX(holder) END
FROM outbox INDEXED BY outbox_lane WHERE tenant_id = ?1 AND lane = ?2 AND finished_at IS NULL";
const SEEN: &str = "SELECT conversation_id, reply FROM messages WHERE tenant_id = ?1 AND person_id = ?2 AND provider_id = ?3";

/// What an erased person had opted out of by an address that nobody has now.
const SUPPRESSED: &str =
    "SELECT GROUP_CONCAT(channel, ',') FROM suppressions WHERE tenant_id = ?1 AND hash = ?2
AND NOT EXISTS (SELECT 1 FROM identities WHERE tenant_id = ?1 AND kind = ?3 AND value = ?4)";

pub(super) fn load(connection: &Connection, keys: &[Key]) -> Result<Vec<Known>, StoreError> {
    let mut person = connection.prepare_cached(PERSON)?;
    let mut conversation = connection.prepare_cached(CONVERSATION)?;
    let mut lead = connection.prepare_cached(LEAD)?;
    let mut tail = connection.prepare_cached(TAIL)?;
    let mut seen = connection.prepare_cached(SEEN)?;
    let mut suppressed = connection.prepare_cached(SUPPRESSED)?;
    let each = keys.iter().map(|key| {
        let mut known = known(key, &mut person, &mut conversation, &mut lead, &mut tail, &mut seen)?;
        known.suppressed = opted_out_before(key, &mut suppressed)?;
        Ok(known)
    });
    each.collect()
}

fn opted_out_before(key: &Key, suppressed: &mut CachedStatement<'_>) -> rusqlite::Result<Option<String>> {
    let mut all: Vec<String> = Vec::new();
    for ((kind, value), hash) in key.identities.iter().zip(&key.hashes).take(IDENTITIES) {
        let Some(hash) = hash else { continue };
        let found: Option<String> =
            suppressed.query_row(params![key.tenant_id, hash, kind, value], |row| row.get(0))?;
        all.extend(found);
    }
    Ok(Some(all.join(",")).filter(|channels| !channels.is_empty()))
}

fn known(
    key: &Key,
    person: &mut CachedStatement<'_>,
    conversation: &mut CachedStatement<'_>,
    lead: &mut CachedStatement<'_>,
    tail: &mut CachedStatement<'_>,
    seen: &mut CachedStatement<'_>,
) -> rusqlite::Result<Known> {
    let mut known = Known::default();
    for (kind, value) in key.identities.iter().take(IDENTITIES) {
        let found = person.query_row(params![key.tenant_id, kind, value], |row| {
            known.person_id = row.get(0)?;
            known.turn = row.get(1)?;
            known.person_lead_id = row.get(2)?;
            known.lead_id = known.person_lead_id;
            known.variants = row.get(3)?;
            known.opted_out = row.get(4)?;
            known.pace = row.get(5)?;
            known.fields = row.get(6)?;
            known.sender_name = row.get(7)?;
            known.status = row.get(8)?;
            Ok(())
        });
        if found.optional()?.is_some() {
            break;
        }
    }
    let Some(person_id) = known.person_id else { return Ok(known) };
    let here = params![key.tenant_id, known.person_id, key.channel, key.account_id, key.session];
    conversation
        .query_row(here, |row| {
            known.conversation_id = row.get(0)?;
            known.flow_id = row.get(1)?;
            known.flow_hash = row.get(2)?;
            known.state = row.get(3)?;
            known.seq = row.get(4)?;
            known.opened_at = row.get(5)?;
            known.ended_at = row.get(6)?;
            known.source = row.get(7)?;
            known.paced_until = row.get(8)?;
            known.window_closes_at = row.get(9)?;
            known.lead_id = row.get(10)?;
            Ok(())
        })
        .optional()?;
    if known.lead_id != known.person_lead_id {
        lead.query_row(params![key.tenant_id, known.lead_id], |row| {
            known.fields = row.get(0)?;
            known.sender_name = row.get(1)?;
            known.status = row.get(2)?;
            Ok(())
        })?;
    }
    tail.query_row(params![key.tenant_id, lane(key.account_id, person_id)], |row| {
        known.tail = row.get(0)?;
        known.tail_holder = row.get(1)?;
        Ok(())
    })?;
    if key.provider_id.is_some() {
        seen.query_row(params![key.tenant_id, known.person_id, key.provider_id], |row| {
            known.seen_in = row.get(0)?;
            known.reply = row.get(1)?;
            Ok(())
        })
        .optional()?;
    }
    Ok(known)
}

const CLAIM: &str = "INSERT INTO identities (tenant_id, kind, value, raw, person_id, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
const BORN: &str = "INSERT INTO persons (tenant_id, id, turn, lead_id, variants, opted_out, pace, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const MOVED: &str = "UPDATE persons SET turn = ?3, lead_id = ?4, variants = ?5, opted_out = ?6, pace = ?7
    WHERE tenant_id = ?1 AND id = ?2 AND turn = ?8";

pub(super) fn save(
    connection: &mut Connection,
    batch: &[TurnRows],
    turn: i64,
) -> Result<Vec<i64>, StoreError> {
    // Dropped without commit, it rolls back.
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut won = Vec::with_capacity(batch.len());
    for rows in batch {
        if lock(&tx, &rows.person, turn)? {
            won.push(rows);
        }
    }
    write(&tx, &won)?;
    tx.commit()?;
    Ok(won.into_iter().map(|rows| rows.person.id).collect())
}

/// A new person exists only if its first identity was still free; a known one moves only from the turn that was read.
fn lock(tx: &Transaction<'_>, person: &PersonRow, turn: i64) -> rusqlite::Result<bool> {
    let PersonRow { tenant_id, id, was, kind, value, raw, lead_id, variants, opted_out, pace, created_at } =
        person;
    if *was != 0 {
        let moved = params![tenant_id, id, turn, lead_id, variants, opted_out, pace, was];
        return Ok(tx.prepare_cached(MOVED)?.execute(moved)? == 1);
    }
    if tx.prepare_cached(CLAIM)?.execute(params![tenant_id, kind, value, raw, id, created_at])? == 0 {
        return Ok(false);
    }
    let born = params![tenant_id, id, turn, lead_id, variants, opted_out, pace, created_at];
    tx.prepare_cached(BORN)?.execute(born)?;
    Ok(true)
}

fn write(tx: &Transaction<'_>, batch: &[&TurnRows]) -> rusqlite::Result<()> {
    let batch = || batch.iter();
    insert::<IdentityRow>(tx, batch().flat_map(|rows| &rows.identities), 1)?;
    insert::<LeadRow>(tx, batch().map(|rows| &rows.lead), LEADS)?;
    insert::<ConversationRow>(tx, batch().map(|rows| &rows.conversation), 1)?;
    insert::<MessageRow>(tx, batch().flat_map(|rows| &rows.messages), 1)?;
    insert::<AnswerRow>(tx, batch().flat_map(|rows| &rows.answers), 1)?;
    insert::<ScoreRow>(tx, batch().flat_map(|rows| &rows.scores), 1)?;
    insert::<ExposureRow>(tx, batch().flat_map(|rows| &rows.exposures), 1)?;
    insert::<GoalRow>(tx, batch().flat_map(|rows| &rows.goals), 1)?;
    insert::<BehaviourRow>(tx, batch().flat_map(|rows| &rows.behaviours), 1)?;
    insert::<ConsentRow>(tx, batch().flat_map(|rows| &rows.consents), 1)?;
    insert::<DeliveryRow>(tx, batch().flat_map(|rows| &rows.deliveries), 1)?;
    insert::<NoticeRow>(tx, batch().flat_map(|rows| &rows.notices), 1)?;
    insert::<OutboxRow>(tx, batch().flat_map(|rows| &rows.outbox), 1)
}

/// Leads go many in a statement: before each that may find a lead by new words SQLite writes out what its index of words has gathered,
/// which costs as much as the rest of the turn.
const LEADS: usize = 32;

/// Inserts rows, up to `at_once` (a power of two) in a statement; each half of it has its statement, too, for those that are left.
fn insert<'a, R: Row + 'a>(
    tx: &Transaction<'_>,
    rows: impl Iterator<Item = &'a R>,
    at_once: usize,
) -> rusqlite::Result<()> {
    let rows: Vec<&R> = rows.collect();
    let (mut rest, mut at_once) = (rows.as_slice(), at_once);
    while !rest.is_empty() {
        while at_once > rest.len() {
            at_once /= 2;
        }
        let (some, later) = rest.split_at(at_once);
        let values = vec![R::PARAMETERS; at_once].join(", ");
        let (table, names, conflict) = (R::TABLE, R::NAMES, R::CONFLICT);
        let mut statement = tx.prepare_cached(
            &["INSERT INTO ", table, " (", names, ") VALUES ", &values, " ", conflict].concat(),
        )?;
        some.iter().try_fold(1, |place, row| row.bind(&mut statement, place))?;
        statement.raw_execute()?;
        rest = later;
    }
    Ok(())
}
