//! People, apart from what turns read and write: who wants nothing from us, how it stands with whoever is sent to, and what they are known
//! by.

use super::db::{Db, Sql, StoreError, Within, each_of, list};
use crate::args;
use crate::domain::identity::{Identity, IdentityKind};
use serde::Serialize;
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};

/// Whom something is to be sent to, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Recipient {
    /// Whose person it is.
    pub tenant_id: i64,
    /// Who.
    pub person_id: i64,
    /// Our account.
    pub account_id: i64,
}

#[derive(FromRow)]
struct OptedOutRow {
    tenant_id: i64,
    id: i64,
    opted_out: String,
}

#[derive(FromRow)]
struct StandingRow {
    tenant_id: i64,
    person_id: i64,
    account_id: i64,
    opted_out: String,
    window_closes_at: Option<i64>,
    heard_at: Option<i64>,
}

/// What decides whether something may be sent to somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The channels the person has opted out of, comma-separated.
    pub opted_out: String,
    /// When WhatsApp's window closes that the person opened at this account, the latest; `None`: never opened.
    pub window_closes_at: Option<i64>,
    /// When the person said something last, anywhere.
    pub heard_at: Option<i64>,
}

/// The channels these people (tenant and person) have opted out of, comma-separated; who has not is left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn opted_out(
    db: &Db,
    people: &BTreeSet<(i64, i64)>,
) -> Result<BTreeMap<(i64, i64), String>, StoreError> {
    const OPTED_OUT: Sql = {
        macro_rules! opted_out {
            ($people:literal) => {
                concat!(
                    "SELECT p.tenant_id, p.id, p.opted_out FROM ",
                    $people,
                    " AS r JOIN persons p ON p.tenant_id = r.tenant_id AND p.id = r.id WHERE p.opted_out <> ''"
                )
            };
        }
        Sql {
            sqlite: opted_out!("(SELECT value ->> 0 AS tenant_id, value ->> 1 AS id FROM json_each($1))"),
            postgres: opted_out!(
                "(SELECT CAST(value ->> 0 AS BIGINT) AS tenant_id, CAST(value ->> 1 AS BIGINT) AS id
                    FROM json_array_elements($1::json))"
            ),
        }
    };
    let people = serde_json::to_string(people).expect("pairs of numbers always serialise");
    let rows: Vec<OptedOutRow> = db.ask_all(OPTED_OUT, args![people]).await?;
    Ok(rows.into_iter().map(|row| ((row.tenant_id, row.id), row.opted_out)).collect())
}

/// How it stands with these recipients.
///
/// # Errors
/// Where the database does not answer.
pub async fn standing(
    db: &Db,
    recipients: &BTreeSet<Recipient>,
) -> Result<BTreeMap<Recipient, Standing>, StoreError> {
    const STANDING: Sql = {
        macro_rules! standing {
            ($recipients:literal, $index:literal) => {
                concat!(
                    "SELECT p.tenant_id, p.id AS person_id, r.account_id, p.opted_out,
                       (SELECT MAX(c.window_closes_at) FROM conversations c ",
                    $index,
                    " WHERE c.tenant_id = p.tenant_id AND c.person_id = p.id AND c.account_id = r.account_id)
                       AS window_closes_at, l.last_message_at AS heard_at FROM ",
                    $recipients,
                    " AS r JOIN persons p ON p.tenant_id = r.tenant_id AND p.id = r.person_id
                     LEFT JOIN leads l ON l.tenant_id = p.tenant_id AND l.id = p.lead_id"
                )
            };
        }
        Sql {
            sqlite: standing!(
                "(SELECT value ->> 'tenant_id' AS tenant_id, value ->> 'person_id' AS person_id,
                    value ->> 'account_id' AS account_id FROM json_each($1))",
                "INDEXED BY conversations_person"
            ),
            postgres: standing!(
                "(SELECT * FROM json_to_recordset($1::json) AS j(tenant_id BIGINT, person_id BIGINT, account_id BIGINT))",
                ""
            ),
        }
    };
    let recipients = serde_json::to_string(recipients).expect("plain numbers always serialise");
    let rows: Vec<StandingRow> = db.ask_all(STANDING, args![recipients]).await?;
    let of = |row: StandingRow| {
        let StandingRow { tenant_id, person_id, account_id, opted_out, window_closes_at, heard_at } = row;
        (Recipient { tenant_id, person_id, account_id }, Standing { opted_out, window_closes_at, heard_at })
    };
    Ok(rows.into_iter().map(of).collect())
}

/// An identity of a person.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct IdentityRow {
    /// Whose it is.
    pub person_id: i64,
    /// What it is.
    pub kind: String,
    /// As identities are compared.
    pub value: String,
    /// As it was written.
    pub raw: String,
}

impl IdentityRow {
    /// As it was written; `None`: of a kind that nobody knows.
    pub fn identity(&self) -> Option<Identity> {
        Some(Identity { kind: IdentityKind::parse(&self.kind)?, value: self.raw.clone() })
    }
}

/// What these persons are known by.
///
/// # Errors
/// Where the database does not answer.
pub async fn identities(db: Within<'_>, persons: &[i64]) -> Result<Vec<IdentityRow>, StoreError> {
    const LIST: Sql = each_of!(
        ids,
        "i.person_id, i.kind, i.value, i.raw",
        "identities" "i",
        " INDEXED BY identities_person",
        "person_id",
        "",
        "ORDER BY i.person_id, i.kind, i.value"
    );
    db.fetch_all(LIST, args![list(persons)]).await
}
