//! A batch on PostgreSQL: arrays in, one statement to load and one to save.

use super::rows::{
    AnswerRow, BehaviourRow, ConsentRow, ConversationRow, DeliveryRow, ExposureRow, GoalRow, IdentityRow,
    LeadRow, MessageRow, NoticeRow, OutboxRow, PersonRow, Row, ScoreRow,
};
use super::{IDENTITIES, Key, Known, TurnRows};
use crate::store::db::{ACQUIRE, StoreError};
use sqlx::postgres::{PgArguments, PgConnectOptions};
use sqlx::{Arguments, AssertSqlSafe, Connection, Executor, PgConnection};
use std::fmt::Write;

/// LATERAL … LIMIT 1 is one index probe per table and turn, whatever the table's statistics say. `seen_in` and `reply` are
/// those of a message with the same provider id.
const LOAD: &str = "
SELECT r.n, p.id AS person_id, p.turn, COALESCE(c.lead_id, p.lead_id) AS lead_id, p.lead_id AS person_lead_id, p.variants, p.opted_out, p.pace, l.fields, l.sender_name, l.status,
       c.id AS conversation_id, c.flow_id, c.flow_hash, c.state, c.seq, c.created_at AS opened_at, c.ended_at, c.source,
       c.window_closes_at, c.paced_until, o.tail, o.tail_holder, m.conversation_id AS seen_in, m.reply, s.suppressed
FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::TEXT[], $4::BIGINT[], $5::TEXT[], $6::TEXT[], $7::TEXT[], $8::TEXT[], $9::TEXT[],
     $10::TEXT[], $11::TEXT[], $12::TEXT[], $13::TEXT[], $14::TEXT[], $15::TEXT[])
     AS r(n, tenant_id, channel, account_id, session, provider_id, kind, value, kind2, value2, kind3, value3, hash, hash2, hash3)
LEFT JOIN LATERAL (SELECT COALESCE(
     (SELECT person_id FROM identities i WHERE i.tenant_id = r.tenant_id AND i.kind = r.kind AND i.value = r.value),
     (SELECT person_id FROM identities i WHERE i.tenant_id = r.tenant_id AND i.kind = r.kind2 AND i.value = r.value2),
     (SELECT person_id FROM identities i WHERE i.tenant_id = r.tenant_id AND i.kind = r.kind3 AND i.value = r.value3)
     ) AS person_id) i ON true
LEFT JOIN LATERAL (SELECT * FROM persons p WHERE p.tenant_id = r.tenant_id AND p.id = i.person_id LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT * FROM conversations x
     WHERE x.tenant_id = r.tenant_id AND x.person_id = p.id AND x.channel = r.channel AND x.account_id = r.account_id
       AND (r.session IS NULL OR x.public_id = r.session) ORDER BY x.id DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT fields, sender_name, status FROM leads l
     WHERE l.tenant_id = r.tenant_id AND l.id = COALESCE(c.lead_id, p.lead_id) LIMIT 1) l ON true
LEFT JOIN LATERAL (SELECT MAX(place) AS tail,
     CASE WHEN MIN(COALESCE(holder, '')) = MAX(COALESCE(holder, '')) THEN MAX(holder) END AS tail_holder FROM outbox o
     WHERE o.tenant_id = r.tenant_id AND o.lane = r.account_id || '-' || p.id AND o.finished_at IS NULL) o ON true
LEFT JOIN LATERAL (SELECT conversation_id, reply FROM messages m
     WHERE m.tenant_id = r.tenant_id AND m.person_id = p.id AND m.provider_id = r.provider_id LIMIT 1) m ON true
LEFT JOIN LATERAL (SELECT STRING_AGG(s.channel, ',') AS suppressed FROM suppressions s
     WHERE s.tenant_id = r.tenant_id AND s.hash IN (r.hash, r.hash2, r.hash3)
       AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.tenant_id = r.tenant_id
         AND ((s.hash = r.hash AND i.kind = r.kind AND i.value = r.value)
           OR (s.hash = r.hash2 AND i.kind = r.kind2 AND i.value = r.value2)
           OR (s.hash = r.hash3 AND i.kind = r.kind3 AND i.value = r.value3)))) s ON true
ORDER BY r.n";

/// A turn loop's own connection, made when it is first needed.
///
/// A pool asks each connection that comes back whether it lives, which at two statements a batch doubled the round trips.
#[derive(Debug, Default)]
pub struct Session(Option<PgConnection>);

impl Session {
    pub(super) async fn load(
        &mut self,
        options: &PgConnectOptions,
        keys: &[Key],
    ) -> Result<Vec<Known>, StoreError> {
        let outcome = match self.connection(options).await {
            Ok(connection) => load(connection, keys).await,
            Err(error) => Err(error),
        };
        self.kept(outcome)
    }

    pub(super) async fn save(
        &mut self,
        options: &PgConnectOptions,
        batch: Vec<TurnRows>,
        turn: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let outcome = match self.connection(options).await {
            Ok(connection) => save(connection, batch, turn).await,
            Err(error) => Err(error),
        };
        self.kept(outcome)
    }

    async fn connection(&mut self, options: &PgConnectOptions) -> Result<&mut PgConnection, StoreError> {
        if self.0.is_none() {
            let connecting = tokio::time::timeout(ACQUIRE, PgConnection::connect_with(options));
            let mut connection = connecting.await.map_err(|_| sqlx::Error::PoolTimedOut)??;
            connection.execute(AssertSqlSafe(types())).await?;
            self.0 = Some(connection);
        }
        Ok(self.0.as_mut().expect("it was made above"))
    }

    /// After a failure, whichever it was, the next statement has a new connection: the old one may be what failed.
    fn kept<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if outcome.is_err() {
            self.0 = None;
        }
        outcome
    }
}

async fn load(connection: &mut PgConnection, keys: &[Key]) -> Result<Vec<Known>, StoreError> {
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
    for place in 0..IDENTITIES {
        let hashes = keys.iter().map(|key| key.hashes.get(place).and_then(Option::as_deref));
        rows = rows.bind(hashes.collect::<Vec<Option<&str>>>());
    }
    Ok(rows.fetch_all(connection).await?)
}

/// The types the batch's rows travel as. They are the session's own (`pg_temp`), so that they are always those of this
/// program's rows, also while another version runs beside it.
///
/// One array of rows is one scan; an array for each column was a scan for each, and cost a tenth of a turn.
fn types() -> String {
    let mut sql = String::new();
    declare::<PersonRow>(&mut sql);
    declare::<IdentityRow>(&mut sql);
    declare::<LeadRow>(&mut sql);
    declare::<ConversationRow>(&mut sql);
    declare::<MessageRow>(&mut sql);
    declare::<AnswerRow>(&mut sql);
    declare::<ScoreRow>(&mut sql);
    declare::<ExposureRow>(&mut sql);
    declare::<GoalRow>(&mut sql);
    declare::<BehaviourRow>(&mut sql);
    declare::<ConsentRow>(&mut sql);
    declare::<DeliveryRow>(&mut sql);
    declare::<NoticeRow>(&mut sql);
    declare::<OutboxRow>(&mut sql);
    sql
}

fn declare<R: Row>(sql: &mut String) {
    let columns: Vec<String> = R::COLUMNS.iter().map(|(name, of)| format!("{name} {of}")).collect();
    let (name, columns) = (R::TYPE, columns.join(", "));
    write!(sql, "CREATE TYPE pg_temp.{name} AS ({columns});").expect("writing to a string succeeds");
}

/// `$1` is the batch's turn, `$2` its persons, then comes an array of rows for each table.
///
/// A new person exists only if its first identity was still free; a known one moves only from the turn that was read. All
/// other rows are written for those who won. Persons are taken in the order of their ids, so that two batches cannot wait
/// for each other.
const PERSONS: &str = "
WITH r AS MATERIALIZED (SELECT * FROM UNNEST($2::turn_persons[])),
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
won (won_tenant, won_person) AS MATERIALIZED (SELECT * FROM born UNION ALL SELECT * FROM moved)";

/// A batch's statement as it grows: a table without rows is left out, because each costs, empty or not.
struct Save {
    sql: String,
    arguments: PgArguments,
}

impl Save {
    fn new(turn: i64, persons: &[PersonRow]) -> Save {
        let mut save = Save { sql: String::with_capacity(8 * 1024), arguments: PgArguments::default() };
        save.sql.push_str(PERSONS);
        save.arguments.add(turn).expect("a number always encodes");
        save.arguments.add(persons).expect("rows of plain values always encode");
        save
    }

    /// The part that writes a table's rows for those who won.
    fn table<R: Row>(&mut self, rows: &[R]) {
        if rows.is_empty() {
            return;
        }
        self.arguments.add(rows).expect("rows of plain values always encode");
        let (table, columns, conflict) = (R::TABLE, R::NAMES, R::CONFLICT);
        let (rows, of) = (self.arguments.len(), R::TYPE);
        write!(
            self.sql,
            ", {table}_rows AS (INSERT INTO {table} ({columns}) SELECT {columns} FROM UNNEST(${rows}::{of}[])
             JOIN won ON won_tenant = tenant_id AND won_person = person_id {conflict})"
        )
        .expect("writing to a string succeeds");
    }

    async fn run(mut self, connection: &mut PgConnection) -> Result<Vec<i64>, StoreError> {
        self.sql.push_str(" SELECT won_person FROM won");
        // The text is made of this file's constants alone.
        Ok(sqlx::query_scalar_with(AssertSqlSafe(self.sql), self.arguments).fetch_all(connection).await?)
    }
}

async fn save(
    connection: &mut PgConnection,
    batch: Vec<TurnRows>,
    turn: i64,
) -> Result<Vec<i64>, StoreError> {
    let (mut persons, mut identities, mut leads, mut conversations) = (vec![], vec![], vec![], vec![]);
    let (mut messages, mut answers, mut scores, mut exposures) = (vec![], vec![], vec![], vec![]);
    let (mut goals, mut behaviours, mut consents) = (vec![], vec![], vec![]);
    let (mut deliveries, mut notices, mut outbox) = (vec![], vec![], vec![]);
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
        deliveries.extend(turn.deliveries);
        notices.extend(turn.notices);
        outbox.extend(turn.outbox);
    }
    let mut save = Save::new(turn, &persons);
    save.table(&leads);
    save.table(&conversations);
    save.table(&messages);
    save.table(&answers);
    save.table(&scores);
    save.table(&goals);
    save.table(&identities);
    save.table(&exposures);
    save.table(&behaviours);
    save.table(&consents);
    save.table(&deliveries);
    save.table(&notices);
    save.table(&outbox);
    save.run(connection).await
}
