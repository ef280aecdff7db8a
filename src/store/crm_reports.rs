//! What CRMs report of their records: every report is kept, and the latest stands with its delivery.

use super::db::{Db, Exec, Sql, StoreError, Tx};
use crate::args;
use crate::clock::Millis;
use crate::domain::crm_status::CrmStatus;
use sqlx::FromRow;

/// A report.
#[derive(Clone, Debug)]
pub struct Reported<'a> {
    /// The CRM's id of the record; `None`: it is named by ours.
    pub sink_id: Option<&'a str>,
    /// Our id of it.
    pub key: Option<&'a str>,
    /// What became of it.
    pub status: &'a str,
    /// How far that is: of two reports of one instant the further stands.
    pub rank: i64,
    /// When it was so.
    pub at: Millis,
}

/// What became of the reports of a webhook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// They are the record's status now.
    pub current: i64,
    /// Something later is known already.
    pub outdated: i64,
    /// No record of ours has that id.
    pub unknown: i64,
    /// The webhook came before.
    pub repeated: i64,
}

/// A status becomes its record's, unless a later one is known. Where two are of one instant, it does not matter which came first.
const STANDS: Sql = Sql::same(
    "UPDATE deliveries SET crm_status = $3, crm_status_at = $4 WHERE tenant_id = $1 AND id = $2
       AND (crm_status_at IS NULL OR crm_status_at < $4 OR (crm_status_at = $4 AND
         CASE crm_status WHEN 'submitted' THEN 1 WHEN 'contacted' THEN 2 WHEN 'qualified' THEN 3 WHEN 'lost' THEN 4 ELSE 5 END < $5))",
);

#[derive(FromRow)]
struct Id {
    id: i64,
}

/// Takes the reports of a webhook, all of them or none; those that came before change nothing.
///
/// # Errors
/// Where the database does not answer; it may be run again.
pub async fn take(
    db: &Db,
    (tenant_id, sink): (i64, &str),
    webhook_id: &str,
    reports: &[Reported<'_>],
    now: Millis,
) -> Result<Taken, StoreError> {
    const KEPT: Sql = Sql::same(
        "INSERT INTO crm_reports (tenant_id, sink, webhook_id, n, record, status, at, delivery_id, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    );
    const BY_KEY: Sql =
        Sql::same("SELECT id FROM deliveries WHERE tenant_id = $1 AND sink = $2 AND key = $3");
    const BY_SINK_ID: Sql = Sql::same(
        "SELECT id FROM deliveries WHERE tenant_id = $1 AND sink = $2 AND sink_id = $3 AND sink_id IS NOT NULL ORDER BY id LIMIT 100",
    );
    let mut tx = db.begin().await?;
    let mut taken = Taken::default();
    for (n, report) in reports.iter().enumerate() {
        let (record, find) = match (report.key, report.sink_id) {
            (Some(key), _) => (key, BY_KEY),
            (None, id) => (id.unwrap_or_default(), BY_SINK_ID),
        };
        let found: Vec<Id> = tx.fetch_all(find, args![tenant_id, sink, record]).await?;
        let first = found.first().map(|row| row.id);
        let row = args![tenant_id, sink, webhook_id, n as i64, record, report.status, report.at, first, now];
        if tx.execute(KEPT, row).await? == 0 {
            taken.repeated += 1;
            continue;
        }
        let mut stands = 0;
        for row in &found {
            let to = args![tenant_id, row.id, report.status, report.at, report.rank];
            stands += tx.execute(STANDS, to).await?;
        }
        match (found.is_empty(), stands) {
            (true, _) => taken.unknown += 1,
            (false, 0) => taken.outdated += 1,
            (false, _) => taken.current += 1,
        }
    }
    tx.commit().await?;
    Ok(taken)
}

#[derive(FromRow)]
struct Early {
    tenant_id: i64,
    delivery_id: i64,
    sink: String,
    webhook_id: String,
    n: i64,
    status: String,
    at: i64,
}

/// Gives deliveries whose sink's id is known from now on the reports that came before it was. `entries` is the JSON of
/// [`super::deliveries::record`].
pub(super) async fn match_up(tx: &mut Tx, entries: &str) -> Result<(), StoreError> {
    const EARLY: Sql = {
        macro_rules! early {
            ($index:literal, $from:literal) => {
                concat!(
                    "SELECT c.tenant_id, d.id AS delivery_id, c.sink, c.webhook_id, c.n, c.status, c.at FROM ",
                    $from,
                    " JOIN deliveries d ON d.tenant_id = e.tenant_id AND d.id = e.delivery_id
                      JOIN crm_reports c ",
                    $index,
                    " ON c.tenant_id = d.tenant_id AND c.sink = d.sink AND c.record = d.sink_id AND c.delivery_id IS NULL"
                )
            };
        }
        Sql {
            sqlite: early!(
                "INDEXED BY crm_reports_unknown",
                "(SELECT value ->> 'tenant_id' AS tenant_id, value ->> 'delivery_id' AS delivery_id FROM json_each($1)
                  WHERE value ->> 'sink_id' IS NOT NULL) e"
            ),
            postgres: early!(
                "",
                "(SELECT * FROM json_to_recordset($1::json) AS e(tenant_id BIGINT, delivery_id BIGINT, sink_id TEXT)
                  WHERE sink_id IS NOT NULL) e"
            ),
        }
    };
    const KNOWN: Sql = Sql::same(
        "UPDATE crm_reports SET delivery_id = $5 WHERE tenant_id = $1 AND sink = $2 AND webhook_id = $3 AND n = $4",
    );
    let early: Vec<Early> = tx.fetch_all(EARLY, args![entries]).await?;
    for Early { tenant_id, delivery_id, sink, webhook_id, n, status, at } in early {
        let rank = CrmStatus::parse(&status).map_or(0, CrmStatus::rank);
        tx.execute(STANDS, args![tenant_id, delivery_id, &status, at, rank]).await?;
        tx.execute(KNOWN, args![tenant_id, sink, webhook_id, n, delivery_id]).await?;
    }
    Ok(())
}
