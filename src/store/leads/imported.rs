//! What an import looks up for many rows at once, and what only it writes. Exports look up children so.

use super::super::db::{Sql, StoreError, Within, list};
use super::ChildRow;
use crate::args;
use crate::clock::Millis;
use sqlx::FromRow;

/// Whose a number is.
#[derive(Clone, Debug, FromRow)]
pub struct OwnerRow {
    /// The number, as numbers are compared.
    pub value: String,
    /// The person.
    pub person_id: i64,
}

/// Whose these numbers are, as numbers are compared; nobody's are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn owners(db: Within<'_>, numbers: &[String]) -> Result<Vec<OwnerRow>, StoreError> {
    const FIND: Sql = Sql {
        sqlite: "SELECT i.value, i.person_id FROM json_each($2) w CROSS JOIN identities i
                 WHERE i.tenant_id = $1 AND i.kind = 'phone' AND i.value = w.value",
        postgres: "SELECT i.value, i.person_id FROM json_array_elements_text($2::json) w(value)
                   JOIN identities i ON i.tenant_id = $1 AND i.kind = 'phone' AND i.value = w.value",
    };
    db.fetch_all(FIND, args![list(numbers)]).await
}

/// A lead that a row may be of.
#[derive(Clone, Debug, FromRow)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct KnownRow {
    pub id: i64,
    pub person_id: i64,
    pub name: Option<String>,
    /// Lower case.
    pub address: Option<String>,
    pub child_name: Option<String>,
    pub status: String,
    pub created_at: i64,
}

/// Leads by what stands in a list: of each the newest hundred, so that a number that many share does not take all there is.
macro_rules! newest {
    ($of:literal, $index:literal, $what:literal, $type:literal) => {
        Sql {
            sqlite: concat!(
                newest!(@ "json_each($2) w CROSS JOIN leads l"),
                " WHERE l.tenant_id = $1 AND l.id IN (SELECT id FROM leads INDEXED BY ",
                $index,
                newest!(% $of, $what),
                ") ORDER BY l.id DESC"
            ),
            postgres: concat!(
                newest!(@ "json_array_elements_text($2::json) j(value) CROSS JOIN LATERAL (SELECT CAST(j.value AS "),
                $type,
                ") AS value) w CROSS JOIN LATERAL (SELECT * FROM leads ",
                newest!(% $of, $what),
                ") l ORDER BY l.id DESC"
            ),
        }
    };
    (@ $from:literal) => {
        concat!(
            "SELECT ", "l.id, l.person_id, l.name, LOWER(l.email) AS address, l.child_name, l.status, l.created_at FROM ",
            $from
        )
    };
    (% $of:literal, $what:literal) => {
        concat!(" WHERE tenant_id = $1 AND ", $of, " = ", $what, " AND merged_into IS NULL ORDER BY id DESC LIMIT 100")
    };
}

/// The leads of these persons, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn of_persons(db: Within<'_>, persons: &[i64]) -> Result<Vec<KnownRow>, StoreError> {
    const FIND: Sql = newest!("person_id", "leads_person", "w.value", "BIGINT");
    db.fetch_all(FIND, args![list(persons)]).await
}

/// The leads of these addresses, lower case, the newest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn of_addresses(db: Within<'_>, addresses: &[String]) -> Result<Vec<KnownRow>, StoreError> {
    const FIND: Sql = newest!("email IS NOT NULL AND LOWER(email)", "leads_email", "w.value", "TEXT");
    db.fetch_all(FIND, args![list(addresses)]).await
}

/// The children of these ids.
///
/// # Errors
/// Where the database does not answer.
pub async fn children(db: Within<'_>, ids: &[i64]) -> Result<Vec<ChildRow>, StoreError> {
    const FIND: Sql = Sql {
        sqlite:
            "SELECT c.id, c.enquiry_id, c.first_name, c.last_name, c.dob, c.age, c.gender, c.conversation_id FROM json_each($2) w
                 CROSS JOIN children c WHERE c.tenant_id = $1 AND c.id = w.value",
        postgres: "SELECT c.id, c.enquiry_id, c.first_name, c.last_name, c.dob, c.age, c.gender, c.conversation_id
                   FROM json_array_elements_text($2::json) w(value)
                   JOIN children c ON c.tenant_id = $1 AND c.id = CAST(w.value AS BIGINT)",
    };
    db.fetch_all(FIND, args![list(ids)]).await
}

/// Writes when a lead came that was kept elsewhere before.
///
/// # Errors
/// Where the database does not answer.
pub async fn set_created(tx: Within<'_>, lead_id: i64, at: Millis) -> Result<(), StoreError> {
    const SET: Sql = Sql::same("UPDATE leads SET created_at = $3 WHERE tenant_id = $1 AND id = $2");
    tx.execute(SET, args![lead_id, at]).await.map(drop)
}
