//! What goes from one lead to another, and back: rows by their ids, so that what came later stays where it is.

use super::super::db::{Sql, StoreError, Tx, Within, by_index, list};
use super::super::leads::settle;
use crate::args;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use sqlx::FromRow;

#[derive(FromRow)]
struct Id {
    id: i64,
}

/// Lists ids of rows that belong to something.
macro_rules! ids {
    ($name:ident, $doc:literal, $index:literal, $before:literal, $after:literal) => {
        #[doc = $doc]
        ///
        /// # Errors
        /// Where the database does not answer.
        pub async fn $name(db: Within<'_>, of: i64) -> Result<Vec<i64>, StoreError> {
            const LIST: Sql = by_index!($index, "SELECT ", $before, $after);
            let rows: Vec<Id> = db.fetch_all(LIST, args![of]).await?;
            Ok(rows.into_iter().map(|row| row.id).collect())
        }
    };
}

ids!(
    leads_of,
    "The leads of a person.",
    "leads_person",
    "id FROM leads",
    "WHERE tenant_id = $1 AND person_id = $2 ORDER BY id"
);
ids!(
    children_of,
    "The children whose parent a person is.",
    "guardians_person",
    "child_id AS id FROM guardians",
    "WHERE tenant_id = $1 AND person_id = $2 ORDER BY child_id"
);
ids!(
    follow_ups_of,
    "The follow-ups of a lead.",
    "follow_ups_lead",
    "id FROM follow_ups",
    "WHERE tenant_id = $1 AND lead_id = $2 ORDER BY id"
);
ids!(
    visits_of,
    "The visits of a lead.",
    "intro_visits_lead",
    "id FROM intro_visits",
    "WHERE tenant_id = $1 AND lead_id = $2 ORDER BY id"
);

/// A conversation of a person.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct ConversationRow {
    /// Its id.
    pub id: i64,
    /// The lead it is about.
    pub lead_id: i64,
}

/// The conversations of a person.
///
/// # Errors
/// Where the database does not answer.
pub async fn conversations_of(db: Within<'_>, person_id: i64) -> Result<Vec<ConversationRow>, StoreError> {
    const LIST: Sql = by_index!(
        "conversations_person",
        "SELECT ",
        "id, lead_id FROM conversations",
        "WHERE tenant_id = $1 AND person_id = $2 ORDER BY id"
    );
    db.fetch_all(LIST, args![person_id]).await
}

/// A statement with a list of ids that is an argument.
macro_rules! with_ids {
    ($before:expr, $n:literal) => {
        Sql {
            sqlite: concat!("UPDATE ", $before, " IN (SELECT value FROM json_each($", $n, "))"),
            postgres: concat!(
                "UPDATE ",
                $before,
                " = ANY (ARRAY(SELECT CAST(json_array_elements_text($",
                $n,
                "::json) AS BIGINT)))"
            ),
        }
    };
}

/// What belongs to a lead or to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owned {
    /// Leads of a person.
    Leads,
    /// Children of a parent; one who is the other's already stays.
    Children,
    /// Follow-ups of a lead.
    FollowUps,
    /// Visits of a lead.
    Visits,
    /// Attempts to reach leads, which stay theirs, of a person.
    AttemptsOf,
}

impl Owned {
    /// Gives these rows, where they are still `from`'s, to another.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn give(self, tx: Within<'_>, (from, to): (i64, i64), ids: &[i64]) -> Result<u64, StoreError> {
        const LEADS: Sql =
            with_ids!("leads SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2 AND id", "4");
        const CHILDREN: Sql = with_ids!(
            "guardians SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2 AND NOT EXISTS (SELECT 1 FROM guardians g
               WHERE g.tenant_id = $1 AND g.child_id = guardians.child_id AND g.person_id = $3) AND child_id",
            "4"
        );
        const FOLLOW_UPS: Sql =
            with_ids!("follow_ups SET lead_id = $3 WHERE tenant_id = $1 AND lead_id = $2 AND id", "4");
        const VISITS: Sql =
            with_ids!("intro_visits SET lead_id = $3 WHERE tenant_id = $1 AND lead_id = $2 AND id", "4");
        const ATTEMPTS: Sql = with_ids!(
            "outreach_attempts SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2 AND lead_id",
            "4"
        );
        let sql = match self {
            Owned::Leads => LEADS,
            Owned::Children => CHILDREN,
            Owned::FollowUps => FOLLOW_UPS,
            Owned::Visits => VISITS,
            Owned::AttemptsOf => ATTEMPTS,
        };
        tx.execute(sql, args![from, to, list(ids)]).await
    }
}

/// Gives these identities (kind, value), where they are still `from`'s, to another person.
///
/// # Errors
/// Where the database does not answer.
pub async fn give_identities(
    tx: Within<'_>,
    (from, to): (i64, i64),
    identities: &[(String, String)],
) -> Result<u64, StoreError> {
    const GIVE: Sql = Sql {
        sqlite: "UPDATE identities SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2
                   AND (kind, value) IN (SELECT value ->> 0, value ->> 1 FROM json_each($4))",
        postgres: "UPDATE identities SET person_id = $3 WHERE tenant_id = $1 AND person_id = $2
                     AND (kind, value) IN (SELECT v.pair ->> 0, v.pair ->> 1 FROM json_array_elements($4::json) AS v(pair))",
    };
    tx.execute(GIVE, args![from, to, list(identities)]).await
}

/// Gives conversations, and all rows of theirs, to a person.
///
/// # Errors
/// Where the database does not answer.
pub async fn give_conversations(
    tx: &mut Tx,
    tenant: Tenant,
    to: i64,
    conversations: &[i64],
) -> Result<(), StoreError> {
    macro_rules! of {
        ($table:literal) => {
            with_ids!(concat!($table, " SET person_id = $2 WHERE tenant_id = $1 AND conversation_id"), "3")
        };
    }
    const GIVE: [Sql; 7] = [
        with_ids!("conversations SET person_id = $2 WHERE tenant_id = $1 AND id", "3"),
        of!("messages"),
        of!("answers"),
        of!("score_entries"),
        of!("behaviours"),
        of!("consents"),
        of!("goals"),
    ];
    // A program may have named messages of two chats the same: of whom they are one now, no two are. None of these comes again.
    const RENAMED: Sql = Sql {
        sqlite: "UPDATE messages SET provider_id = NULL WHERE tenant_id = $1 AND person_id <> $2 AND provider_id IS NOT NULL
                   AND conversation_id IN (SELECT value FROM json_each($3)) AND EXISTS (SELECT 1 FROM messages m INDEXED BY messages_provider
                     WHERE m.tenant_id = $1 AND m.person_id = $2 AND m.provider_id = messages.provider_id)",
        postgres: "UPDATE messages SET provider_id = NULL WHERE tenant_id = $1 AND person_id <> $2 AND provider_id IS NOT NULL
                     AND conversation_id = ANY (ARRAY(SELECT CAST(json_array_elements_text($3::json) AS BIGINT)))
                     AND EXISTS (SELECT 1 FROM messages m WHERE m.tenant_id = $1 AND m.person_id = $2 AND m.provider_id = messages.provider_id)",
    };
    tx.within(tenant).execute(RENAMED, args![to, list(conversations)]).await?;
    for statement in GIVE {
        tx.within(tenant).execute(statement, args![to, list(conversations)]).await?;
    }
    Ok(())
}

/// Lets whatever is still to be sent in these conversations go to a person, in their lane: whether it may be is theirs to say. Of all that waits, which is
/// little, because nothing is found by its conversation.
///
/// # Errors
/// Where the database does not answer.
pub async fn give_jobs(
    tx: Within<'_>,
    (from, to): (i64, i64),
    conversations: &[i64],
) -> Result<u64, StoreError> {
    const GIVE: Sql = Sql {
        sqlite: "UPDATE outbox INDEXED BY outbox_due SET person_id = $3,
                     lane = REPLACE(lane, '-' || CAST($2 AS TEXT), '-' || CAST($3 AS TEXT))
                   WHERE tenant_id = $1 AND person_id = $2 AND finished_at IS NULL AND run_at > 0 AND conversation_id IN (SELECT value FROM json_each($4))",
        postgres: "UPDATE outbox SET person_id = $3,
                       lane = REPLACE(lane, '-' || CAST($2 AS TEXT), '-' || CAST($3 AS TEXT))
                     WHERE tenant_id = $1 AND person_id = $2 AND finished_at IS NULL AND conversation_id = ANY (ARRAY(SELECT CAST(json_array_elements_text($4::json) AS BIGINT)))",
    };
    tx.execute(GIVE, args![from, to, list(conversations)]).await
}

/// Lets conversations be about a lead, and what was said in them be found with it.
///
/// # Errors
/// Where the database does not answer.
pub async fn retarget(
    tx: &mut Tx,
    tenant: Tenant,
    lead_id: i64,
    conversations: &[i64],
) -> Result<(), StoreError> {
    const TARGET: [Sql; 2] = [
        with_ids!("conversations SET lead_id = $2 WHERE tenant_id = $1 AND id", "3"),
        with_ids!("message_index SET lead_id = $2 WHERE tenant_id = $1 AND conversation_id", "3"),
    ];
    for statement in TARGET {
        tx.within(tenant).execute(statement, args![lead_id, list(conversations)]).await?;
    }
    Ok(())
}

/// What turns keep of a lead, over all its conversations.
#[derive(Clone, Debug, Default, PartialEq, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct SumsRow {
    pub sender_name: Option<String>,
    pub source: Option<String>,
    pub first_message: Option<String>,
    pub last_message: Option<String>,
    pub message_count: i64,
    pub last_message_at: Option<i64>,
    pub claimed_by: Option<String>,
    pub claimed_at: Option<i64>,
}

/// What turns keep of a lead, to be changed under its person's lock.
///
/// # Errors
/// Where the database does not answer.
pub async fn sums(tx: Within<'_>, lead_id: i64) -> Result<SumsRow, StoreError> {
    const FIND: Sql = Sql::same(
        "SELECT sender_name, source, first_message, last_message, message_count, last_message_at, claimed_by, claimed_at FROM leads
         WHERE tenant_id = $1 AND id = $2",
    );
    Ok(tx.fetch_optional(FIND, args![lead_id]).await?.unwrap_or_default())
}

/// Writes what turns keep of a lead.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_sums(tx: Within<'_>, lead_id: i64, sums: &SumsRow) -> Result<(), StoreError> {
    const SET: Sql = Sql::same(
        "UPDATE leads SET sender_name = $3, source = $4, first_message = $5, last_message = $6, message_count = $7, last_message_at = $8,
           claimed_by = $9, claimed_at = $10 WHERE tenant_id = $1 AND id = $2",
    );
    let sums = sums.clone();
    let args = args![
        lead_id,
        sums.sender_name,
        sums.source,
        sums.first_message,
        sums.last_message,
        sums.message_count,
        sums.last_message_at,
        sums.claimed_by,
        sums.claimed_at
    ];
    tx.execute(SET, args).await.map(drop)
}

/// Lets a lead be found by the child and the parents of another, where it is found by none yet.
///
/// # Errors
/// Where the database does not answer.
pub async fn share_words(mut tx: Within<'_>, (lead_id, other_id): (i64, i64)) -> Result<(), StoreError> {
    const SHARE: Sql = Sql::same(
        "UPDATE leads SET family_keywords = (SELECT o.family_keywords FROM leads o WHERE o.tenant_id = $1 AND o.id = $3)
         WHERE tenant_id = $1 AND id = $2 AND family_keywords = ''",
    );
    tx.again().execute(SHARE, args![lead_id, other_id]).await?;
    settle(tx, &[lead_id]).await
}

/// Lets notices of these conversations, and what was delivered of each of them alone, be of another lead.
///
/// # Errors
/// Where the database does not answer.
pub async fn give_told(
    tx: &mut Tx,
    tenant: Tenant,
    (from, to): (i64, i64),
    conversations: &[i64],
) -> Result<(), StoreError> {
    macro_rules! told {
        ($table:literal, $index:literal, $key:literal) => {
            Sql {
                sqlite: concat!(
                    "UPDATE ", $table, " INDEXED BY ", $index,
                    " SET lead_id = $3 WHERE tenant_id = $1 AND lead_id = $2 ", $key, " AND conversation_id IN (SELECT value FROM json_each($4))"
                ),
                postgres: concat!(
                    "UPDATE ", $table, " SET lead_id = $3 WHERE tenant_id = $1 AND lead_id = $2 ", $key,
                    " AND conversation_id = ANY (ARRAY(SELECT CAST(json_array_elements_text($4::json) AS BIGINT)))"
                ),
            }
        };
    }
    const TOLD: [Sql; 2] = [
        told!("notices", "notices_lead", ""),
        // What a sink keeps one record of for each lead is the lead's.
        told!(
            "deliveries",
            "deliveries_lead",
            "AND key = 'lw-' || CAST(lead_id AS TEXT) || '-' || CAST(conversation_id AS TEXT)"
        ),
    ];
    for statement in TOLD {
        tx.within(tenant).execute(statement, args![from, to, list(conversations)]).await?;
    }
    Ok(())
}

/// How many messages came in these conversations since then.
///
/// # Errors
/// Where the database does not answer.
pub async fn heard(tx: Within<'_>, conversations: &[i64], since: Millis) -> Result<i64, StoreError> {
    #[derive(FromRow)]
    struct Row {
        n: i64,
    }
    const COUNT: Sql = Sql {
        sqlite: "SELECT COUNT(*) AS n FROM messages WHERE tenant_id = $1 AND created_at > $3 AND direction = 'in'
                   AND conversation_id IN (SELECT value FROM json_each($2))",
        postgres: "SELECT COUNT(*) AS n FROM messages WHERE tenant_id = $1 AND created_at > $3 AND direction = 'in'
                     AND conversation_id = ANY (ARRAY(SELECT CAST(json_array_elements_text($2::json) AS BIGINT)))",
    };
    let row: Option<Row> = tx.fetch_optional(COUNT, args![list(conversations), since]).await?;
    Ok(row.map_or(0, |row| row.n))
}

/// Writes a score that is no conversation's.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_score(tx: Within<'_>, lead_id: i64, score: i64, class: &str) -> Result<(), StoreError> {
    const SET: Sql =
        Sql::same("UPDATE leads SET score = $3, class = $4, scored_in = 0 WHERE tenant_id = $1 AND id = $2");
    tx.execute(SET, args![lead_id, score, class]).await.map(drop)
}

/// Lets a lead's score and class be those of its best conversation; a lead without one keeps what it has.
///
/// # Errors
/// Where the database does not answer.
pub async fn rescore(tx: Within<'_>, (person_id, lead_id): (i64, i64)) -> Result<u64, StoreError> {
    macro_rules! rescore {
        ($conversations:literal) => {
            concat!(
                "UPDATE ",
                "leads SET (score, class, scored_in) = (SELECT c.score, c.class, c.id FROM ",
                $conversations,
                " WHERE c.tenant_id = $1 AND c.person_id = $2 AND c.lead_id = $3 ORDER BY c.score DESC, c.id DESC LIMIT 1)
                 WHERE tenant_id = $1 AND id = $3 AND EXISTS (SELECT 1 FROM ",
                $conversations,
                " WHERE c.tenant_id = $1 AND c.person_id = $2 AND c.lead_id = $3)"
            )
        };
    }
    const RESCORE: Sql = Sql {
        sqlite: rescore!("conversations c INDEXED BY conversations_person"),
        postgres: rescore!("conversations c"),
    };
    tx.execute(RESCORE, args![person_id, lead_id]).await
}
