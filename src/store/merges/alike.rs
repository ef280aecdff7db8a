//! Leads that may be one.

use super::super::db::{Sql, StoreError, Within, list};
use super::super::leads::{LeadRow, lead_columns};
use crate::args;

/// By what leads are looked for.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    /// Whose.
    pub persons: Vec<i64>,
    /// Numbers as identities are compared: those of phones, and of WhatsApp.
    pub keys: Vec<String>,
    /// Numbers as leads have them.
    pub numbers: Vec<String>,
    /// Addresses, lower case.
    pub addresses: Vec<String>,
}

/// Leads of one of these, the newest first, at most so many; not those that were merged into others or whose person was erased.
///
/// # Errors
/// Where the database does not answer.
pub async fn alike(db: Within<'_>, by: &Alike, most: i64) -> Result<Vec<LeadRow>, StoreError> {
    macro_rules! alike {
        ($persons:literal, $keys:literal, $numbers:literal, $addresses:literal, $by_person:literal, $by_number:literal, $by_address:literal) => {
            concat!(
                "SELECT ", lead_columns!(),
                " FROM leads l WHERE l.tenant_id = $1 AND l.merged_into IS NULL AND l.erased_at IS NULL AND l.id IN (
                    SELECT id FROM leads", $by_person, " WHERE tenant_id = $1 AND person_id IN (SELECT value FROM ", $persons, ")
                    UNION SELECT o.id FROM identities i JOIN leads o", $by_person, " ON o.tenant_id = i.tenant_id AND o.person_id = i.person_id
                      WHERE i.tenant_id = $1 AND i.kind IN ('phone', 'whatsapp', 'email') AND i.value IN (SELECT value FROM ", $keys, ")
                    UNION SELECT id FROM leads", $by_number, " WHERE tenant_id = $1 AND phone IS NOT NULL AND phone IN (SELECT value FROM ", $numbers, ")
                    UNION SELECT id FROM leads", $by_address, " WHERE tenant_id = $1 AND email IS NOT NULL
                      AND LOWER(email) IN (SELECT value FROM ", $addresses, "))
                  ORDER BY l.id DESC LIMIT $6"
            )
        };
    }
    const ALIKE: Sql = Sql {
        sqlite: alike!(
            "json_each($2)",
            "json_each($3)",
            "json_each($4)",
            "json_each($5)",
            " INDEXED BY leads_person",
            " INDEXED BY leads_phone",
            " INDEXED BY leads_email"
        ),
        postgres: alike!(
            "(SELECT CAST(json_array_elements_text($2::json) AS BIGINT) AS value) a",
            "(SELECT json_array_elements_text($3::json) AS value) b",
            "(SELECT json_array_elements_text($4::json) AS value) c",
            "(SELECT json_array_elements_text($5::json) AS value) d",
            "",
            "",
            ""
        ),
    };
    let Alike { persons, keys, numbers, addresses } = by;
    db.fetch_all(ALIKE, args![list(persons), list(keys), list(numbers), list(addresses), most]).await
}
