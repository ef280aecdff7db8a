//! The index of the words that leads are found by. Whoever changes a lead's words by hand writes them here in the same transaction; turns
//! leave that to a moment later, and triggers note which leads wait for it.

use super::super::db::{Db, Exec, Sql, StoreError, Tx, Within, list};
use crate::args;
use crate::domain::access::Tenant;
use sqlx::FromRow;
use std::collections::BTreeMap;

/// Leads of one transaction: a turn that changes the words of one of them waits for it.
const AT_ONCE: i64 = 50;

/// Writes the words of these leads as they are now.
///
/// # Errors
/// Where the database does not answer.
pub async fn settle(mut tx: Within<'_>, leads: &[i64]) -> Result<(), StoreError> {
    const GONE: Sql = Sql {
        sqlite: "DELETE FROM lead_words_due WHERE tenant_id = $1 AND id IN (SELECT value FROM json_each($2))",
        postgres: "DELETE FROM lead_words_due WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT CAST(json_array_elements_text($2::json) AS BIGINT)))",
    };
    tx.again().execute(GONE, args![list(leads)]).await?;
    write(tx, leads).await
}

async fn write(tx: Within<'_>, leads: &[i64]) -> Result<(), StoreError> {
    const WRITE: Sql = Sql {
        sqlite: "INSERT OR REPLACE INTO lead_words (rowid, words) SELECT id, keywords || family_keywords FROM leads
                 WHERE tenant_id = $1 AND id IN (SELECT value FROM json_each($2))",
        postgres: "INSERT INTO lead_words (tenant_id, id, words) SELECT tenant_id, id, word_beginnings(keywords || family_keywords)
                   FROM leads WHERE tenant_id = $1 AND id = ANY (ARRAY(SELECT CAST(json_array_elements_text($2::json) AS BIGINT))) ORDER BY id
                   ON CONFLICT (tenant_id, id) DO UPDATE SET words = excluded.words",
    };
    tx.execute(WRITE, args![list(leads)]).await.map(drop)
}

/// Writes the words of all leads that wait for it now, of all tenants; what another process is at is passed over.
///
/// # Errors
/// Where the database does not answer; what was not written still waits.
pub async fn settle_due(db: &Db) -> Result<(), StoreError> {
    const WAIT: Sql =
        Sql::same("SELECT COUNT(*) AS n FROM lead_words_due WHERE tenant_id IN (SELECT id FROM tenants)");
    #[derive(FromRow)]
    struct Count {
        n: i64,
    }
    let waiting: Option<Count> = db.fetch_optional(WAIT, args![]).await?;
    // What turns add meanwhile is for the next time.
    for _ in 0..waiting.map_or(0, |count| (count.n + AT_ONCE - 1) / AT_ONCE) {
        let mut tx = db.begin().await?;
        for (tenant, leads) in take(&mut tx).await? {
            // A statement of its own: it sees every change whose note was taken.
            write(tx.within(tenant), &leads).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Takes notes of leads that wait, by tenant.
async fn take(tx: &mut Tx) -> Result<BTreeMap<Tenant, Vec<i64>>, StoreError> {
    const TAKE: Sql = Sql {
        sqlite: "DELETE FROM lead_words_due WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM lead_words_due LIMIT $1)
                 RETURNING tenant_id, id",
        postgres: "DELETE FROM lead_words_due WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM lead_words_due LIMIT $1
                   FOR UPDATE SKIP LOCKED) RETURNING tenant_id, id",
    };
    #[derive(FromRow)]
    struct Row {
        tenant_id: i64,
        id: i64,
    }
    let rows: Vec<Row> = tx.fetch_all(TAKE, args![AT_ONCE]).await?;
    let mut taken: BTreeMap<Tenant, Vec<i64>> = BTreeMap::new();
    for row in rows {
        taken.entry(Tenant(row.tenant_id)).or_default().push(row.id);
    }
    Ok(taken)
}
