//! What waits to be sent, what was given up, and which alerts stand.

use super::finding::Finding;
use crate::clock::MINUTE;
use crate::clock::Millis;
use crate::service::outbox::{self, TOO_OLD};
use crate::store::alerts;
use crate::store::db::Db;

/// Looks at the outbox and at the alerts.
pub async fn check(db: &Db, now: Millis) -> Vec<Finding> {
    let mut found = jobs(db, now).await;
    match alerts::standing(db).await {
        Ok(standing) => found.extend(standing.iter().map(|alert| {
            let cure = "mend what it says; it is cleared by itself once that works again";
            Finding::warning("alert", format!("{}: {}", alert.name, alert.message), cure)
        })),
        Err(error) => {
            let what = format!("cannot be read: {}", error.chain());
            found.push(Finding::fault("alert", what, "check the database"));
        }
    }
    found
}

async fn jobs(db: &Db, now: Millis) -> Vec<Finding> {
    let area = "outbox";
    let standing = match outbox::standing(db, now).await {
        Ok(standing) => standing,
        Err(error) => {
            let what = format!("cannot be read: {}", error.chain());
            return vec![Finding::fault(area, what, "check the database")];
        }
    };
    let mut found = Vec::new();
    if standing.dead > 0 {
        found.push(Finding::fault(
            area,
            format!("jobs that were given up: {}", standing.dead),
            "see why with `leadwire jobs list --state dead`, mend that, then `leadwire jobs retry --dead` (for each --tenant)",
        ));
    }
    if standing.oldest_ms > TOO_OLD {
        found.push(Finding::fault(
            area,
            format!("a job waits for {} minutes past its time", standing.oldest_ms / MINUTE),
            "see that a server or a worker runs; `leadwire jobs list --state open` says why it waits",
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok(area, format!("nothing was given up; {} to be sent", standing.open)));
    }
    found
}
