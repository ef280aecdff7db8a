//! Opt-outs that outlive their person.

use super::super::alerts;
use super::super::db::{Db, Sql, StoreError, Tx};
use crate::args;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::suppression::{ERASED, SuppressionKey, joined};
use crate::ids;
use serde_json::json;
use sqlx::FromRow;

/// How the key is called among the keys.
const KEY: &str = "suppressions";

/// What addresses are hashed with: made once for a database. It is not `SECRET_KEY`: when that is changed links end, but an opt-out must
/// not.
///
/// # Errors
/// Where the database does not answer.
pub async fn key(db: &Db, now: Millis) -> Result<SuppressionKey, StoreError> {
    let new = format!("{}{}", ids::secret(), ids::secret());
    Ok(SuppressionKey::new(&alerts::signing_key(db, KEY, &new, now).await?))
}

/// An address that is not to be written to, by a channel.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Suppressed {
    /// Its hash.
    pub hash: String,
    /// The channel.
    pub channel: String,
}

/// Keeps which channels the addresses of these persons, who are being erased, have opted out of, in the place of what was kept of these
/// addresses before; how many.
///
/// # Errors
/// Where the database does not answer.
pub async fn keep(
    tx: &mut Tx,
    tenant: Tenant,
    persons: &[i64],
    key: &SuppressionKey,
    now: Millis,
) -> Result<usize, StoreError> {
    #[derive(FromRow)]
    struct Address {
        kind: String,
        value: String,
        opted_out: String,
    }
    macro_rules! addresses {
        ($index:literal, $persons:literal) => {
            concat!(
                "SELECT ",
                "i.kind, i.value, p.opted_out FROM identities i ",
                $index,
                " JOIN persons p ON p.tenant_id = i.tenant_id AND p.id = i.person_id WHERE i.tenant_id = $1 AND i.person_id ",
                $persons
            )
        };
    }
    const ADDRESSES: Sql = Sql {
        sqlite: addresses!("INDEXED BY identities_person", "IN (SELECT value FROM json_each($2))"),
        postgres: addresses!("", "= ANY (ARRAY(SELECT CAST(json_array_elements_text($2::json) AS BIGINT)))"),
    };
    const OLD: Sql = Sql {
        sqlite: "DELETE FROM suppressions WHERE tenant_id = $1 AND hash IN (SELECT value FROM json_each($2))",
        postgres: "DELETE FROM suppressions WHERE tenant_id = $1 AND hash = ANY (ARRAY(SELECT json_array_elements_text($2::json)))",
    };
    const KEPT: Sql = Sql {
        sqlite: "INSERT INTO suppressions (tenant_id, hash, channel, created_at)
                 SELECT $1, value ->> 'hash', value ->> 'channel', $3 FROM json_each($2) WHERE true ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO suppressions (tenant_id, hash, channel, created_at)
                   SELECT $1, hash, channel, $3 FROM json_to_recordset($2::json) AS r(hash TEXT, channel TEXT) ON CONFLICT DO NOTHING",
    };
    let rows: Vec<Address> =
        tx.within(tenant).fetch_all(ADDRESSES, args![json!(persons).to_string()]).await?;
    let (mut hashes, mut suppressed) = (Vec::new(), Vec::new());
    for Address { kind, value, opted_out } in &rows {
        let Some(hash) = key.hash(tenant.0, (kind, value)) else { continue };
        for channel in opted_out.split(',').filter(|channel| !channel.is_empty() && *channel != ERASED) {
            suppressed.push(Suppressed { hash: hash.clone(), channel: channel.to_owned() });
        }
        hashes.push(hash);
    }
    tx.within(tenant).execute(OLD, args![json!(hashes).to_string()]).await?;
    if !suppressed.is_empty() {
        tx.within(tenant).execute(KEPT, args![json!(suppressed).to_string(), now]).await?;
    }
    Ok(suppressed.len())
}

/// Puts in force what was kept of an address that a person has from now on. To be asked where the address is new to them, and in the
/// transaction that gives it to them.
///
/// # Errors
/// Where the database does not answer.
pub async fn suppress(
    tx: &mut Tx,
    tenant: Tenant,
    person_id: i64,
    (kind, value): (&str, &str),
) -> Result<(), StoreError> {
    #[derive(FromRow)]
    struct Key {
        value: String,
    }
    #[derive(FromRow)]
    struct Channel {
        channel: String,
    }
    #[derive(FromRow)]
    struct OptedOut {
        opted_out: String,
    }
    // Most tenants have none, and are asked no more.
    const ANY: Sql = Sql::same(
        "SELECT value FROM signing_keys WHERE name = $2 AND EXISTS (SELECT 1 FROM suppressions WHERE tenant_id = $1)",
    );
    const CHANNELS: Sql =
        Sql::same("SELECT channel FROM suppressions WHERE tenant_id = $1 AND hash = $2 ORDER BY channel");
    const FIND: Sql = Sql::same("SELECT opted_out FROM persons WHERE tenant_id = $1 AND id = $2");
    const SET: Sql = Sql::same("UPDATE persons SET opted_out = $3 WHERE tenant_id = $1 AND id = $2");
    let key: Option<Key> = tx.within(tenant).fetch_optional(ANY, args![KEY]).await?;
    let hash = key.and_then(|key| SuppressionKey::new(&key.value).hash(tenant.0, (kind, value)));
    let Some(hash) = hash else { return Ok(()) };
    let channels: Vec<Channel> = tx.within(tenant).fetch_all(CHANNELS, args![hash]).await?;
    if channels.is_empty() {
        return Ok(());
    }
    let found: Option<OptedOut> = tx.within(tenant).fetch_optional(FIND, args![person_id]).await?;
    let before = found.map(|row| row.opted_out).unwrap_or_default();
    let channels: Vec<&str> = channels.iter().map(|row| row.channel.as_str()).collect();
    let opted_out = joined(&before, &channels.join(","));
    tx.within(tenant).execute(SET, args![person_id, opted_out]).await.map(drop)
}
