//! A batch on PostgreSQL: arrays in, one statement to load and one to save, each planned once.

use super::rows::{
    AnswerRow, BehaviourRow, ConsentRow, ConversationRow, ExposureRow, GoalRow, IdentityRow, LeadRow,
    MessageRow, OutboxRow, PersonRow, Row, ScoreRow,
};
use super::{IDENTITIES, Key, Known, TurnRows};
use crate::store::db::StoreError;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, PgPool};
use std::fmt::Write;
use std::sync::LazyLock;

/// LATERAL … LIMIT 1 is one index probe per table and turn, whatever the table's statistics say. `seen_in` and `reply` are
/// those of a message with the same provider id.
const LOAD: &str = "
SELECT r.n, p.id AS person_id, p.turn, p.lead_id, p.variants, p.opted_out, p.pace, l.fields,
       c.id AS conversation_id, c.flow_id, c.flow_hash, c.state, c.seq, c.created_at AS opened_at, c.ended_at, c.source,
       c.paced_until, o.tail, o.tail_holder, m.conversation_id AS seen_in, m.reply
FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::TEXT[], $4::BIGINT[], $5::TEXT[], $6::TEXT[], $7::TEXT[], $8::TEXT[], $9::TEXT[],
     $10::TEXT[], $11::TEXT[], $12::TEXT[])
     AS r(n, tenant_id, channel, account_id, session, provider_id, kind, value, kind2, value2, kind3, value3)
LEFT JOIN LATERAL (SELECT COALESCE(
     (SELECT person_id FROM identities i WHERE i.tenant_id = r.tenant_id AND i.kind = r.kind AND i.value = r.value),
     (SELECT person_id FROM identities i WHERE i.tenant_id = r.tenant_id AND i.kind = r.kind2 AND i.value = r.value2),
     (SELECT person_id FROM identities i WHERE i.tenant_id = r.tenant_id AND i.kind = r.kind3 AND i.value = r.value3)
     ) AS person_id) i ON true
LEFT JOIN LATERAL (SELECT * FROM persons p WHERE p.tenant_id = r.tenant_id AND p.id = i.person_id LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT fields FROM leads l WHERE l.tenant_id = r.tenant_id AND l.id = p.lead_id LIMIT 1) l ON true
LEFT JOIN LATERAL (SELECT * FROM conversations x
     WHERE x.tenant_id = r.tenant_id AND x.person_id = p.id AND x.channel = r.channel AND x.account_id = r.account_id
       AND (r.session IS NULL OR x.public_id = r.session) ORDER BY x.id DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT MAX(place) AS tail,
     CASE WHEN MIN(COALESCE(holder, '')) = MAX(COALESCE(holder, '')) THEN MAX(holder) END AS tail_holder FROM outbox o
     WHERE o.tenant_id = r.tenant_id AND o.lane = r.account_id || '-' || p.id AND o.finished_at IS NULL) o ON true
LEFT JOIN LATERAL (SELECT conversation_id, reply FROM messages m
     WHERE m.tenant_id = r.tenant_id AND m.person_id = p.id AND m.provider_id = r.provider_id LIMIT 1) m ON true
ORDER BY r.n";

pub(super) async fn load(pool: &PgPool, keys: &[Key]) -> Result<Vec<Known>, StoreError> {
    let mut rows = sqlx::query_as(LOAD)
        .bind((0..keys.len() as i64).collect::<Vec<i64>>())
        .bind(keys.iter().map(|key| key.tenant_id).collect::<Vec<i64>>())
        .bind(keys.iter().map(|key| key.channel).collect::<Vec<&str>>())
        .bind(keys.iter().map(|key| key.account_id).collect::<Vec<i64>>())
        .bind(keys.iter().map(|key| key.session.as_deref()).collect::<Vec<Option<&str>>>())
        .bind(keys.iter().map(|key| key.provider_id.as_deref()).collect::<Vec<Option<&str>>>());
    for place in 0..IDENTITIES {
        let identity = |key: &'_ Key| key.identities.get(place).map(|(kind, value)| (*kind, value.clone()));
        let (kinds, values): (Vec<Option<&str>>, Vec<Option<String>>) =
            keys.iter().map(|key| identity(key).unzip()).unzip();
        rows = rows.bind(kinds).bind(values);
    }
    Ok(rows.fetch_all(pool).await?)
}

/// Saves the tables that nearly every turn writes; most batches have nothing for the others, and each table costs.
static SAVE_COMMON: LazyLock<String> = LazyLock::new(|| statement(false));
/// Saves all tables.
static SAVE_ALL: LazyLock<String> = LazyLock::new(|| statement(true));

/// `$1` is the batch's turn, then come the arrays of each table.
///
/// A new person exists only if its first identity was still free; a known one moves only from the turn that was read. All
/// other rows are written for those who won. Persons are taken in the order of their ids, so that two batches cannot wait
/// for each other.
fn statement(all: bool) -> String {
    let mut next = 2;
    let persons = arrays::<PersonRow>(&mut next);
    let mut sql = format!(
        "WITH r AS MATERIALIZED (SELECT * FROM {persons}),
         first AS (INSERT INTO identities (tenant_id, kind, value, raw, person_id, created_at)
           SELECT r.tenant_id, r.kind, r.value, r.raw, r.id, r.created_at FROM r WHERE r.was = 0
           ORDER BY r.tenant_id, r.kind, r.value ON CONFLICT DO NOTHING RETURNING tenant_id, person_id),
         born AS (INSERT INTO persons (tenant_id, id, turn, lead_id, variants, opted_out, pace, created_at)
           SELECT r.tenant_id, r.id, $1, r.lead_id, r.variants, r.opted_out, r.pace, r.created_at FROM r
           JOIN first ON first.tenant_id = r.tenant_id AND first.person_id = r.id RETURNING tenant_id, id),
         moved AS (UPDATE persons SET turn = $1, lead_id = r.lead_id, variants = r.variants, opted_out = r.opted_out, pace = r.pace
           FROM (SELECT * FROM r WHERE was <> 0 ORDER BY id) r
           WHERE persons.tenant_id = r.tenant_id AND persons.id = r.id AND persons.turn = r.was
           RETURNING persons.tenant_id, persons.id),
         won AS MATERIALIZED (SELECT * FROM born UNION ALL SELECT * FROM moved)"
    );
    insert::<LeadRow>(&mut sql, &mut next);
    insert::<ConversationRow>(&mut sql, &mut next);
    insert::<MessageRow>(&mut sql, &mut next);
    insert::<AnswerRow>(&mut sql, &mut next);
    insert::<ScoreRow>(&mut sql, &mut next);
    insert::<GoalRow>(&mut sql, &mut next);
    if all {
        insert::<IdentityRow>(&mut sql, &mut next);
        insert::<ExposureRow>(&mut sql, &mut next);
        insert::<BehaviourRow>(&mut sql, &mut next);
        insert::<ConsentRow>(&mut sql, &mut next);
        insert::<OutboxRow>(&mut sql, &mut next);
    }
    sql.push_str(" SELECT id FROM won");
    sql
}

/// A table's arrays as rows named `r`.
fn arrays<R: Row>(next: &mut usize) -> String {
    let first = *next;
    *next += R::COLUMNS.len();
    let of = |(place, (_, sql)): (usize, &(&str, &str))| format!("${}::{sql}[]", first + place);
    let arrays: Vec<String> = R::COLUMNS.iter().enumerate().map(of).collect();
    format!("UNNEST({}) AS r({})", arrays.join(", "), names::<R>(""))
}

/// The part of the statement that writes a table's rows for those who won.
fn insert<R: Row>(sql: &mut String, next: &mut usize) {
    let (table, conflict) = (R::TABLE, R::CONFLICT);
    let (columns, values, rows) = (names::<R>(""), names::<R>("r."), arrays::<R>(next));
    write!(
        sql,
        ", {table}_rows AS (INSERT INTO {table} ({columns}) SELECT {values} FROM {rows}
           JOIN won ON won.tenant_id = r.tenant_id AND won.id = r.person_id {conflict})"
    )
    .expect("writing to a string succeeds");
}

fn names<R: Row>(prefix: &str) -> String {
    let names: Vec<String> = R::COLUMNS.iter().map(|(name, _)| format!("{prefix}{name}")).collect();
    names.join(", ")
}

#[derive(sqlx::FromRow)]
struct Won {
    id: i64,
}

pub(super) async fn save(pool: &PgPool, batch: Vec<TurnRows>, turn: i64) -> Result<Vec<i64>, StoreError> {
    let (mut persons, mut identities, mut leads, mut conversations) = (vec![], vec![], vec![], vec![]);
    let (mut messages, mut answers, mut scores, mut exposures) = (vec![], vec![], vec![], vec![]);
    let (mut goals, mut behaviours, mut consents, mut outbox) = (vec![], vec![], vec![], vec![]);
    for turn in batch {
        persons.push(turn.person);
        identities.extend(turn.identities);
        leads.push(turn.lead);
        conversations.push(turn.conversation);
        messages.extend(turn.messages);
        answers.extend(turn.answers);
        scores.extend(turn.scores);
        exposures.extend(turn.exposures);
        goals.extend(turn.goals);
        behaviours.extend(turn.behaviours);
        consents.extend(turn.consents);
        outbox.extend(turn.outbox);
    }
    let mut arguments = PgArguments::default();
    arguments.add(turn).expect("a number always encodes");
    PersonRow::add_arrays(persons, &mut arguments);
    LeadRow::add_arrays(leads, &mut arguments);
    ConversationRow::add_arrays(conversations, &mut arguments);
    MessageRow::add_arrays(messages, &mut arguments);
    AnswerRow::add_arrays(answers, &mut arguments);
    ScoreRow::add_arrays(scores, &mut arguments);
    GoalRow::add_arrays(goals, &mut arguments);
    let rare = [
        identities.is_empty(),
        exposures.is_empty(),
        behaviours.is_empty(),
        consents.is_empty(),
        outbox.is_empty(),
    ];
    let statement = if rare.contains(&false) {
        IdentityRow::add_arrays(identities, &mut arguments);
        ExposureRow::add_arrays(exposures, &mut arguments);
        BehaviourRow::add_arrays(behaviours, &mut arguments);
        ConsentRow::add_arrays(consents, &mut arguments);
        OutboxRow::add_arrays(outbox, &mut arguments);
        SAVE_ALL.as_str()
    } else {
        SAVE_COMMON.as_str()
    };
    // The text is made of this file's constants alone.
    let saved = sqlx::query_as_with(AssertSqlSafe(statement), arguments);
    let won: Vec<Won> = saved.fetch_all(pool).await?;
    Ok(won.into_iter().map(|row| row.id).collect())
}
