//! People, apart from what turns read and write: who wants nothing from us, and by what they are known.

use super::db::{Db, Exec, Sql, StoreError};
use crate::args;
use sqlx::FromRow;
use std::collections::BTreeMap;

#[derive(FromRow)]
struct OptedOutRow {
    tenant_id: i64,
    id: i64,
    opted_out: String,
}

/// The channels these people have opted out of, comma-separated, by tenant and person; who has not is left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn opted_out(db: &Db, people: &[(i64, i64)]) -> Result<BTreeMap<(i64, i64), String>, StoreError> {
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
    let rows: Vec<OptedOutRow> = db.fetch_all(OPTED_OUT, args![people]).await?;
    Ok(rows.into_iter().map(|row| ((row.tenant_id, row.id), row.opted_out)).collect())
}

/// An address of a person.
#[derive(Clone, Debug, FromRow)]
pub struct AddressRow {
    /// What it is.
    pub kind: String,
    /// As it came.
    pub raw: String,
}

/// What a person is known by, the oldest first.
///
/// # Errors
/// Where the database does not answer.
pub async fn addresses(db: impl Exec, tenant_id: i64, person_id: i64) -> Result<Vec<AddressRow>, StoreError> {
    const ADDRESSES: Sql = Sql::same(
        "SELECT kind, raw FROM identities WHERE tenant_id = $1 AND person_id = $2 ORDER BY created_at, kind, value",
    );
    db.fetch_all(ADDRESSES, args![tenant_id, person_id]).await
}
