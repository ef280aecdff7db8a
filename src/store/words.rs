//! The index over what people said.

use super::db::{Db, Exec, Sql, StoreError};
use crate::args;
use serde::Serialize;
use sqlx::FromRow;
use std::collections::BTreeMap;

/// Longer messages are cut: what matters of them stands before that.
const LONGEST: i64 = 4_000;

/// So many last messages of a conversation are read: whoever goes on for ever is found by what they said lately.
const LAST: i64 = 500;

/// A message of a person's, and where its conversation stands.
#[derive(Clone, Debug, FromRow)]
struct SaidRow {
    tenant_id: i64,
    conversation_id: i64,
    seq: i64,
    body: String,
}

/// What was said in a conversation, and up to which place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The last place that was read.
    pub seq: i64,
    /// What the person said.
    pub texts: Vec<String>,
}

/// What people said in these conversations (tenant and conversation).
///
/// # Errors
/// Where the database does not answer.
pub async fn said(db: &Db, conversations: &[(i64, i64)]) -> Result<BTreeMap<(i64, i64), Said>, StoreError> {
    macro_rules! said {
        ($asked:literal) => {
            concat!(
                "SELECT c.tenant_id, c.id AS conversation_id, c.seq,
                   CASE WHEN m.direction = 'in' THEN SUBSTR(m.body, 1, CAST($2 AS INTEGER)) ELSE '' END AS body FROM ",
                $asked,
                " AS r JOIN conversations c ON c.tenant_id = r.tenant_id AND c.id = r.id
                 LEFT JOIN messages m ON m.tenant_id = c.tenant_id AND m.conversation_id = c.id AND m.seq > c.seq - $3
                 ORDER BY c.tenant_id, c.id, m.seq"
            )
        };
    }
    const SAID: Sql = Sql {
        sqlite: said!("(SELECT value ->> 0 AS tenant_id, value ->> 1 AS id FROM json_each($1))"),
        postgres: said!(
            "(SELECT CAST(value ->> 0 AS BIGINT) AS tenant_id, CAST(value ->> 1 AS BIGINT) AS id FROM json_array_elements($1::json))"
        ),
    };
    let asked = serde_json::to_string(conversations).expect("pairs of numbers always serialise");
    let rows: Vec<SaidRow> = db.ask_all(SAID, args![asked, LONGEST, LAST]).await?;
    let mut all: BTreeMap<(i64, i64), Said> = BTreeMap::new();
    for row in rows {
        let said = all.entry((row.tenant_id, row.conversation_id)).or_default();
        said.seq = row.seq;
        said.texts.extend(Some(row.body).filter(|body| !body.is_empty()));
    }
    Ok(all)
}

/// A conversation as the index has it.
#[derive(Clone, Debug, Serialize)]
pub struct Indexed {
    /// Whose it is.
    pub tenant_id: i64,
    /// The conversation.
    pub conversation_id: i64,
    /// The last place that was read.
    pub seq: i64,
    /// Its words, with a blank between.
    pub words: String,
}

/// Writes these conversations into the index, in the place of what it had of them. What it knows further, also because it was erased
/// meanwhile, stays.
///
/// # Errors
/// Where the database does not answer; then nothing is written.
pub async fn write(db: &Db, conversations: &[Indexed]) -> Result<(), StoreError> {
    // As many as the batch, in few statements. Words are read with their tenant, which is a word of each (`domain::keywords`).
    const GONE: Sql = Sql::same(
        "DELETE FROM message_words WHERE rowid IN (SELECT value ->> 'conversation_id' FROM json_each($1)) -- tenant_id",
    );
    const WORDS: Sql = Sql::same(
        "INSERT INTO message_words (rowid, words) SELECT value ->> 'conversation_id', value ->> 'words' FROM json_each($1)
         WHERE NOT EXISTS (SELECT 1 FROM message_index i WHERE i.tenant_id = value ->> 'tenant_id'
           AND i.conversation_id = value ->> 'conversation_id' AND i.seq > value ->> 'seq')",
    );
    const INDEX: Sql = Sql {
        sqlite: "INSERT INTO message_index (tenant_id, conversation_id, lead_id, seq)
                 SELECT c.tenant_id, c.id, c.lead_id, r.value ->> 'seq' FROM json_each($1) AS r
                 JOIN conversations c ON c.tenant_id = r.value ->> 'tenant_id' AND c.id = r.value ->> 'conversation_id' WHERE true
                 ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET lead_id = excluded.lead_id, seq = excluded.seq
                 WHERE message_index.seq <= excluded.seq",
        postgres: "INSERT INTO message_index (tenant_id, conversation_id, lead_id, seq, words)
                   SELECT c.tenant_id, c.id, c.lead_id, r.seq, array_to_tsvector(string_to_array(r.words, ' '))
                   FROM json_to_recordset($1::json) AS r(tenant_id BIGINT, conversation_id BIGINT, seq BIGINT, words TEXT)
                   JOIN conversations c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id ORDER BY c.tenant_id, c.id
                   ON CONFLICT (tenant_id, conversation_id) DO UPDATE SET lead_id = excluded.lead_id, seq = excluded.seq, words = excluded.words
                   WHERE message_index.seq <= excluded.seq",
    };
    let rows = serde_json::to_string(conversations).expect("plain values always serialise");
    let mut tx = db.begin().await?;
    if let Db::Sqlite { .. } = db {
        tx.execute(GONE, args![&rows]).await?;
        tx.execute(WORDS, args![&rows]).await?;
    }
    tx.execute(INDEX, args![&rows]).await?;
    tx.commit().await
}

#[derive(FromRow)]
struct BehindRow {
    tenant_id: i64,
    id: i64,
}

/// Conversations that the index is behind of, or has of another lead (they went over while it was written), from behind `after` (tenant and conversation) on, in the order of their keys; at most
/// `limit`. It looks through all conversations.
///
/// # Errors
/// Where the database does not answer.
pub async fn behind(db: &Db, after: (i64, i64), limit: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    const BEHIND: Sql = Sql::same(
        "SELECT c.tenant_id, c.id FROM conversations c
         LEFT JOIN message_index i ON i.tenant_id = c.tenant_id AND i.conversation_id = c.id
         WHERE (c.tenant_id, c.id) > ($1, $2) AND (i.seq IS NULL OR i.seq < c.seq
           OR i.lead_id <> c.lead_id AND i.seq = c.seq) ORDER BY c.tenant_id, c.id LIMIT $3",
    );
    let rows: Vec<BehindRow> = db.fetch_all(BEHIND, args![after.0, after.1, limit]).await?;
    Ok(rows.into_iter().map(|row| (row.tenant_id, row.id)).collect())
}
