//! What is known of leads that are asked about whether they may be tried: of many at once, a statement for each kind of thing.

use super::super::db::{Sql, StoreError, Within, each_of, list};
use crate::args;
use sqlx::FromRow;

/// A lead and its person.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct KnownRow {
    pub id: i64,
    pub person_id: i64,
    pub status: String,
    pub is_active: bool,
    pub merged_into: Option<i64>,
    pub erased_at: Option<i64>,
    pub dial_status: Option<String>,
    pub last_status_change: Option<i64>,
    pub dial_result: Option<String>,
    pub last_dial_attempt: Option<i64>,
    pub dial_attempts: i64,
    pub answered_count: i64,
    pub phone: Option<String>,
    pub fields: String,
    pub last_message_at: Option<i64>,
    pub claimed_at: Option<i64>,
    pub callback_at: Option<i64>,
    pub opted_out: Option<String>,
}

/// These leads, in the order of their ids.
///
/// # Errors
/// Where the database does not answer.
pub async fn known(db: Within<'_>, leads: &[i64]) -> Result<Vec<KnownRow>, StoreError> {
    const KNOWN: Sql = each_of!(
        ids,
        "l.id, l.person_id, l.status, l.is_active, l.merged_into, l.erased_at, l.dial_status, l.last_status_change, l.dial_result,
           l.last_dial_attempt, l.dial_attempts, l.answered_count, l.phone, l.fields, l.last_message_at, l.claimed_at, l.callback_at,
           p.opted_out",
        "leads" "l",
        "",
        "id",
        "LEFT JOIN persons p ON p.tenant_id = l.tenant_id AND p.id = l.person_id",
        "ORDER BY l.id"
    );
    db.fetch_all(KNOWN, args![list(leads)]).await
}

/// Somebody who is known by a number: what they want nothing of, when they were heard, and how they are in the hopper, where they are.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct OwnerRow {
    pub kind: String,
    pub value: String,
    pub person_id: i64,
    pub opted_out: String,
    pub last_message_at: Option<i64>,
    pub held_lead_id: Option<i64>,
    pub held_is_claimed: Option<bool>,
    pub held_until: Option<i64>,
}

/// Whoever is known by these addresses: kind and value, as identities compare them. Each is looked for by the key of both, as in `each_of!`.
///
/// # Errors
/// Where the database does not answer.
pub async fn owners(
    db: Within<'_>,
    addresses: &[(&'static str, String)],
) -> Result<Vec<OwnerRow>, StoreError> {
    macro_rules! owners {
        ($from:literal, $hopper:literal) => {
            concat!(
                "SELECT ",
                "i.kind, i.value, i.person_id, p.opted_out, l.last_message_at, h.lead_id AS held_lead_id,
                   h.state = 'claimed' AS held_is_claimed, h.leased_until AS held_until FROM ",
                $from,
                " JOIN persons p ON p.tenant_id = i.tenant_id AND p.id = i.person_id
                 LEFT JOIN leads l ON l.tenant_id = p.tenant_id AND l.id = p.lead_id
                 LEFT JOIN hopper h",
                $hopper,
                " ON h.tenant_id = p.tenant_id AND h.person_id = p.id"
            )
        };
    }
    const OWNERS: Sql = Sql {
        sqlite: owners!(
            "json_each($2) w CROSS JOIN identities i ON i.tenant_id = $1 AND i.kind = w.value ->> 0 AND i.value = w.value ->> 1",
            " INDEXED BY hopper_person"
        ),
        postgres: owners!(
            "json_array_elements($2::json) w CROSS JOIN LATERAL (SELECT * FROM identities
               WHERE tenant_id = $1 AND kind = w.value ->> 0 AND value = w.value ->> 1 OFFSET 0) i",
            ""
        ),
    };
    db.fetch_all(OWNERS, args![list(addresses)]).await
}

/// A channel that an address is not to be written to on, whoever has it: somebody who was erased had opted out.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct SuppressedRow {
    pub hash: String,
    pub channel: String,
}

/// Which channels addresses of these hashes are not to be written to on.
///
/// # Errors
/// Where the database does not answer.
pub async fn suppressed(db: Within<'_>, hashes: &[String]) -> Result<Vec<SuppressedRow>, StoreError> {
    const SUPPRESSED: Sql = Sql {
        sqlite: "SELECT hash, channel FROM suppressions WHERE tenant_id = $1 AND hash IN (SELECT value FROM json_each($2))",
        postgres: "SELECT hash, channel FROM suppressions
                   WHERE tenant_id = $1 AND hash = ANY (ARRAY(SELECT json_array_elements_text($2::json)))",
    };
    db.fetch_all(SUPPRESSED, args![list(hashes)]).await
}

/// An attempt, as far as it counts.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct TriedRow {
    pub id: i64,
    pub lead_id: i64,
    pub person_id: i64,
    pub channel: String,
    pub address: String,
    pub came: Option<String>,
    pub began_at: i64,
    pub ended_at: Option<i64>,
}

/// All attempts to reach these persons or these numbers, the oldest first, each once.
///
/// # Errors
/// Where the database does not answer.
pub async fn tried(
    mut db: Within<'_>,
    persons: &[i64],
    addresses: &[String],
) -> Result<Vec<TriedRow>, StoreError> {
    macro_rules! tried {
        ($of:ident, $index:literal, $column:literal) => {
            each_of!(
                $of,
                "a.id, a.lead_id, a.person_id, a.channel, a.address, a.came, a.began_at, a.ended_at",
                "outreach_attempts" "a",
                $index,
                $column,
                "",
                ""
            )
        };
    }
    const BY_PERSON: Sql = tried!(ids, " INDEXED BY outreach_attempts_person", "person_id");
    const BY_ADDRESS: Sql = tried!(texts, " INDEXED BY outreach_attempts_address", "address");
    let mut all: Vec<TriedRow> = db.again().fetch_all(BY_PERSON, args![list(persons)]).await?;
    all.extend(db.fetch_all::<TriedRow>(BY_ADDRESS, args![list(addresses)]).await?);
    all.sort_by_key(|row| (row.began_at, row.id));
    all.dedup_by_key(|row| row.id);
    Ok(all)
}

/// A person, a number and a lead that are in the hopper.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct InHandRow {
    pub lead_id: i64,
    pub person_id: i64,
    /// The number that is tried, or another by which whoever is tried is known.
    pub address: String,
    /// Whether the lead is being tried; else it is about to be.
    pub is_claimed: bool,
    pub leased_until: i64,
}

/// Which of these persons or numbers are in the hopper; whoever else is known by a number says so among its owners.
///
/// # Errors
/// Where the database does not answer.
pub async fn in_hand(
    mut db: Within<'_>,
    persons: &[i64],
    addresses: &[String],
) -> Result<Vec<InHandRow>, StoreError> {
    macro_rules! in_hand {
        ($of:ident, $index:literal, $column:literal) => {
            each_of!(
                $of,
                "h.lead_id, h.person_id, h.address, h.state = 'claimed' AS is_claimed, h.leased_until",
                "hopper" "h",
                $index,
                $column,
                "",
                ""
            )
        };
    }
    const BY_PERSON: Sql = in_hand!(ids, " INDEXED BY hopper_person", "person_id");
    const BY_ADDRESS: Sql = in_hand!(texts, " INDEXED BY hopper_address", "address");
    let mut all: Vec<InHandRow> = db.again().fetch_all(BY_PERSON, args![list(persons)]).await?;
    all.extend(db.fetch_all::<InHandRow>(BY_ADDRESS, args![list(addresses)]).await?);
    Ok(all)
}

/// What a person said of a channel, and when.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct ConsentRow {
    pub person_id: i64,
    pub channel: String,
    pub signal: String,
}

/// What these persons said of channels, the oldest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn consents(db: Within<'_>, persons: &[i64]) -> Result<Vec<ConsentRow>, StoreError> {
    const CONSENTS: Sql = each_of!(
        ids,
        "c.person_id, c.channel, c.signal",
        "consents" "c",
        "",
        "person_id",
        "",
        "ORDER BY c.person_id, c.created_at, c.conversation_id, c.seq"
    );
    db.fetch_all(CONSENTS, args![list(persons)]).await
}

/// When WhatsApp's window closes that somebody opened at an account.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct WindowRow {
    pub person_id: i64,
    pub closes_at: i64,
}

/// When WhatsApp's windows close that these persons opened at an account.
///
/// # Errors
/// Where the database does not answer.
pub async fn windows(db: Within<'_>, account: i64, persons: &[i64]) -> Result<Vec<WindowRow>, StoreError> {
    const WINDOWS: Sql = each_of!(
        ids,
        "c.person_id, MAX(c.window_closes_at) AS closes_at",
        "conversations" "c",
        " INDEXED BY conversations_person",
        "person_id",
        "",
        "AND c.account_id = $3 AND c.window_closes_at IS NOT NULL GROUP BY c.person_id"
    );
    db.fetch_all(WINDOWS, args![list(persons), account]).await
}
