//! Writing attempts down, and what they come to; many in one transaction.

use crate::args;
use crate::clock::Millis;
use crate::store::crm_reports;
use crate::store::db::{Db, Exec, Sql, StoreError};
use serde::Serialize;

/// One try of a request to a sink.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// Its id.
    pub id: i64,
    /// `create`, `update` or `look_up`.
    pub action: &'static str,
    /// What became of it.
    pub outcome: &'static str,
    /// Whether it was sent again though it may have been received.
    pub is_repeat: bool,
    /// The HTTP status, where there was an answer.
    pub status: Option<i64>,
    /// How long it took.
    pub duration_ms: Millis,
    /// What was asked, cut and without credentials.
    pub request: String,
    /// What was answered, cut and without credentials.
    pub response: String,
    /// Why it did not succeed.
    pub error: Option<String>,
    /// When it ended.
    pub created_at: Millis,
}

/// What an attempt makes of its delivery.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Whose it is.
    pub tenant_id: i64,
    /// The delivery.
    pub delivery_id: i64,
    /// Its state from now on; where a later version is to be delivered, `delivered` becomes `pending`.
    pub state: &'static str,
    /// Which version the sink has now; `None`: what it had.
    pub delivered_revision: Option<i64>,
    /// The sink's id of the record, where it says so now.
    pub sink_id: Option<String>,
    /// The sink no longer has the record it had.
    pub is_gone: bool,
    /// Which version may have been created, and nobody knows.
    pub doubt: Option<i64>,
    /// What the sink answered, where it took it.
    pub answered: Option<String>,
    /// Why it was not taken.
    pub error: Option<String>,
    /// When this is.
    pub at: Millis,
    /// The attempts, in order.
    pub attempts: Vec<Attempt>,
}

/// Writes entries down.
///
/// # Errors
/// Where the database does not answer; it may be run again.
pub async fn record(db: &Db, entries: &[Entry]) -> Result<(), StoreError> {
    const ATTEMPTS: Sql = {
        macro_rules! attempts {
            ($from:literal) => {
                concat!(
                    "INSERT INTO delivery_attempts (tenant_id, delivery_id, id, action, outcome, is_repeat, status, duration_ms, request,
                       response, error, created_at) ",
                    $from,
                    " ON CONFLICT DO NOTHING"
                )
            };
        }
        Sql {
            sqlite: attempts!(
                "SELECT e.value ->> 'tenant_id', e.value ->> 'delivery_id', a.value ->> 'id', a.value ->> 'action', a.value ->> 'outcome',
                   a.value ->> 'is_repeat', a.value ->> 'status', a.value ->> 'duration_ms',
                   CASE WHEN d.erased_at IS NULL THEN a.value ->> 'request' ELSE '' END,
                   CASE WHEN d.erased_at IS NULL THEN a.value ->> 'response' ELSE '' END,
                   CASE WHEN d.erased_at IS NULL THEN a.value ->> 'error' END, a.value ->> 'created_at'
                 FROM json_each($1) e CROSS JOIN json_each(e.value, '$.attempts') a LEFT JOIN deliveries d
                   ON d.tenant_id = e.value ->> 'tenant_id' AND d.id = e.value ->> 'delivery_id' WHERE TRUE"
            ),
            postgres: attempts!(
                "SELECT e.tenant_id, e.delivery_id, a.id, a.action, a.outcome, a.is_repeat, a.status, a.duration_ms,
                   CASE WHEN d.erased_at IS NULL THEN a.request ELSE '' END, CASE WHEN d.erased_at IS NULL THEN a.response ELSE '' END,
                   CASE WHEN d.erased_at IS NULL THEN a.error END, a.created_at
                 FROM json_to_recordset($1::json) AS e(tenant_id BIGINT, delivery_id BIGINT, attempts JSON)
                   CROSS JOIN LATERAL json_to_recordset(e.attempts) AS a(id BIGINT, action TEXT, outcome TEXT, is_repeat BOOLEAN,
                     status BIGINT, duration_ms BIGINT, request TEXT, response TEXT, error TEXT, created_at BIGINT)
                   LEFT JOIN deliveries d ON d.tenant_id = e.tenant_id AND d.id = e.delivery_id"
            ),
        }
    };
    const STATES: Sql = {
        macro_rules! states {
            ($rows:literal) => {
                concat!(
                    "WITH r AS (",
                    $rows,
                    ") UPDATE deliveries SET
                       delivered_revision = COALESCE(r.delivered_revision, deliveries.delivered_revision),
                       state = CASE WHEN deliveries.erased_at IS NOT NULL THEN deliveries.state
                                    WHEN r.state = 'delivered' AND COALESCE(r.delivered_revision, deliveries.delivered_revision) <> deliveries.revision
                                    THEN 'pending' ELSE r.state END,
                       sink_id = CASE WHEN r.is_gone THEN r.sink_id ELSE COALESCE(r.sink_id, deliveries.sink_id) END,
                       doubt = CASE WHEN r.delivered_revision IS NULL THEN COALESCE(r.doubt, deliveries.doubt) END,
                       response = CASE WHEN deliveries.erased_at IS NULL THEN COALESCE(r.answered, deliveries.response) END,
                       attempts = deliveries.attempts + r.tries,
                       retry_count = deliveries.retry_count + CASE WHEN deliveries.failed_at IS NULL THEN 0 ELSE r.tries END,
                       last_attempt_at = CASE WHEN r.tries > 0 THEN r.at ELSE deliveries.last_attempt_at END,
                       failed_at = COALESCE(deliveries.failed_at, CASE WHEN r.error IS NOT NULL THEN r.at END),
                       last_error = CASE WHEN deliveries.erased_at IS NULL THEN COALESCE(r.error, deliveries.last_error) END,
                       submitted_at = COALESCE(deliveries.submitted_at, CASE WHEN r.delivered_revision IS NOT NULL THEN r.at END),
                       updated_at = r.at
                     FROM r WHERE deliveries.tenant_id = r.tenant_id AND deliveries.id = r.delivery_id"
                )
            };
        }
        Sql {
            sqlite: states!(
                "SELECT e.value ->> 'tenant_id' AS tenant_id, e.value ->> 'delivery_id' AS delivery_id, e.value ->> 'state' AS state,
                   e.value ->> 'delivered_revision' AS delivered_revision, e.value ->> 'sink_id' AS sink_id,
                   e.value ->> 'is_gone' AS is_gone, e.value ->> 'doubt' AS doubt, e.value ->> 'answered' AS answered, e.value ->> 'error' AS error,
                   e.value ->> 'at' AS at,
                   (SELECT COUNT(*) FROM json_each(e.value, '$.attempts') a WHERE a.value ->> 'action' <> 'look_up') AS tries
                 FROM json_each($1) e"
            ),
            postgres: states!(
                "SELECT e.*, (SELECT COUNT(*) FROM json_array_elements(e.attempts) a WHERE a ->> 'action' <> 'look_up') AS tries
                 FROM json_to_recordset($1::json) AS e(tenant_id BIGINT, delivery_id BIGINT, state TEXT, delivered_revision BIGINT,
                   sink_id TEXT, is_gone BOOLEAN, doubt BIGINT, answered TEXT, error TEXT, at BIGINT, attempts JSON)"
            ),
        }
    };
    let json = serde_json::to_string(entries).expect("plain values always serialise");
    let mut tx = db.begin().await?;
    // The deliveries first: from then on nobody erases their people, and what is read of that below is true.
    tx.execute(STATES, args![&json]).await?;
    tx.execute(ATTEMPTS, args![&json]).await?;
    if entries.iter().any(|entry| entry.sink_id.is_some()) {
        crm_reports::match_up(&mut tx, &json).await?;
    }
    tx.commit().await
}
