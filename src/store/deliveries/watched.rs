//! How deliveries stand that somebody waits for.

use crate::args;
use crate::store::db::{Db, Exec, Sql, StoreError};
use serde::Serialize;
use sqlx::FromRow;

/// A delivery that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// Its id.
    pub id: i64,
    /// The lane of its jobs.
    pub lane: String,
}

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Stands {
    /// Its id.
    pub id: i64,
    /// `pending`, `delivered`, `failed`, `unknown`.
    pub state: String,
    /// Why it was not taken the last time it was not.
    pub last_error: Option<String>,
    /// The last attempt; 0: there was none.
    pub last_attempt: i64,
    /// The state of the job that is about it; `None`: there is none.
    pub job: Option<String>,
}

/// How these stand; those that are gone are left out.
///
/// # Errors
/// Where the database does not answer.
pub async fn watched(db: &Db, tenant_id: i64, these: &[Watched]) -> Result<Vec<Stands>, StoreError> {
    macro_rules! stands {
        ($id:literal, $lane:literal, $these:literal) => {
            concat!(
                "SELECT d.id, d.state, d.last_error,
                   COALESCE((SELECT MAX(a.id) FROM delivery_attempts a WHERE a.tenant_id = $1 AND a.delivery_id = d.id), 0) AS last_attempt,
                   (SELECT o.state FROM outbox o WHERE o.tenant_id = $1 AND o.lane = ",
                $lane,
                " AND o.finished_at IS NULL ORDER BY o.place LIMIT 1) AS job FROM ",
                $these,
                " JOIN deliveries d ON d.tenant_id = $1 AND d.id = ",
                $id
            )
        };
    }
    const WATCHED: Sql = Sql {
        sqlite: stands!("(w.value ->> 'id')", "(w.value ->> 'lane')", "json_each($2) w CROSS"),
        postgres: stands!("w.id", "w.lane", "json_to_recordset(CAST($2 AS JSON)) AS w(id BIGINT, lane TEXT)"),
    };
    let json = serde_json::to_string(these).expect("plain values always serialise");
    db.fetch_all(WATCHED, args![tenant_id, json]).await
}
