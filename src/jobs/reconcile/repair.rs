//! Repairing what a comparison found: what is missing there is created again, what differs is corrected.

use super::Setting;
use super::asking::AskError;
use crate::delivery::reconcile::Kind;
use crate::delivery::{Named, Parcel, Snapshot, number};
use crate::store::outbox;
use crate::store::reconciliations::{self as store, Mended, Repairs, Run};
use crate::turns::delivering::lane;
use std::collections::BTreeMap;

/// Deliveries of one transaction.
const AT_ONCE: i64 = 200;

/// Makes jobs of all that can be repaired: how many. What changed since it was compared, or is under way, is left alone.
///
/// # Errors
/// Where the database does not answer; what was made due until then stays so, and the rest can be asked for again.
pub async fn mend(setting: &Setting<'_>, named: &Named, run: &Run) -> Result<i64, AskError> {
    let mut kinds = vec![Kind::MissingThere];
    if named.sink.abilities().updates {
        kinds.push(Kind::Differs);
    }
    let mut count = 0;
    for kind in kinds {
        let mut after = String::new();
        loop {
            let found = store::findings_of(setting.db, run, kind.as_str(), &after, AT_ONCE).await?;
            let Some(last) = found.last() else { break };
            after.clone_from(&last.reference);
            let ids: Vec<i64> = found.iter().map(|finding| finding.delivery_id).collect();
            let rows: BTreeMap<i64, _> =
                store::by_ids(setting.db, run, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
            let now = setting.clock.now();
            let mended: Vec<Mended> = found
                .iter()
                .filter_map(|finding| {
                    // One that has another id there by now was created again meanwhile.
                    let is_same = kind != Kind::MissingThere;
                    let row = rows
                        .get(&finding.delivery_id)
                        .filter(|row| is_same || row.sink_id == finding.sink_id)?;
                    let snapshot: Snapshot = serde_json::from_str(&row.payload).ok()?;
                    let job_id = setting.ids.next(now);
                    let parcel = Parcel {
                        key: row.key.clone(),
                        revision: job_id,
                        snapshot,
                        insists: false,
                        is_asked: false,
                    };
                    Some(Mended {
                        delivery_id: row.id,
                        revision: row.revision,
                        job_id,
                        payload: serde_json::to_string(&parcel).expect("plain values always serialise"),
                        lane: lane(&run.sink, &row.key),
                        is_missing: kind == Kind::MissingThere,
                        asks_first: named.sink.abilities().looks_up,
                        reference: finding.reference.clone(),
                    })
                })
                .collect();
            count += store::mend(setting.db, run, (kind.as_str(), number(&run.sink)), &mended, now).await?;
        }
    }
    if count > 0 {
        outbox::announce(setting.db).await?;
    }
    Ok(count)
}

/// How the repairs of a run stand.
///
/// # Errors
/// Where the database does not answer.
pub async fn repairs(setting: &Setting<'_>, run: &Run) -> Result<Repairs, AskError> {
    Ok(store::unfinished(setting.db, run).await?)
}
