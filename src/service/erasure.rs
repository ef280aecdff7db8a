//! Forgetting a person, and telling all that is known of one.

use super::lifecycle::{Actor, Hand, Refused, record, retried};
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::erasure::{Reason, names};
use crate::domain::keywords;
use crate::ids::Ids;
use crate::store::db::{Db, StoreError, Tx};
use crate::store::erasure::{self as store, ErasureRow, Scope};
use crate::store::leads::{self, LeadRow};
use crate::store::segments;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// The event in the audit log.
const EVENT: &str = "erased";
/// The most segments that are looked through.
const SEGMENTS: i64 = 10_000;

/// Whose hand erases.
#[derive(Clone, Copy, Debug)]
pub struct Eraser<'a> {
    /// The database.
    pub db: &'a Db,
    /// Makes ids.
    pub ids: &'a Ids,
    /// Whose lead it is.
    pub tenant: Tenant,
    /// Who.
    pub actor: &'a Actor,
    /// When.
    pub now: Millis,
}

/// That a person was erased; it names nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its number.
    pub id: i64,
    /// The lead that was named.
    pub lead_id: i64,
    /// All leads of the person.
    pub leads: Vec<i64>,
    /// How many persons: parents who were known through the person's children alone go with them.
    pub persons: usize,
    /// Why.
    pub reason: String,
    /// When.
    pub erased_at: Millis,
    /// Who; `None`: a program that is nobody's.
    pub user_id: Option<i64>,
    /// With what.
    pub program: String,
    /// How many rows of which table were theirs.
    pub rows: BTreeMap<String, i64>,
    /// Follow-ups that were pending.
    pub cancelled_follow_ups: u64,
    /// Addresses, each by a channel, that stay opted out, as hashes.
    pub opt_outs: usize,
    /// What is left of them that this server cannot empty.
    pub remains: Remains,
}

/// What is left of a person elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remains {
    /// Records at sinks.
    pub records: Vec<RecordThere>,
    /// Recordings at the provider, by its ids.
    pub recordings: Vec<String>,
    /// Leads of other people about a child whose parent the person is as well: what those people said stays theirs.
    pub leads: Vec<i64>,
    /// Saved filters that name the person.
    pub segments: Vec<i64>,
}

/// A record at a sink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordThere {
    /// The sink.
    pub sink: String,
    /// Our id of it.
    pub key: String,
    /// The sink's; `None`: it has said none, and may have the record all the same.
    pub id: Option<String>,
}

/// What became of the wish to erase somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erased {
    /// They are now.
    Now(Receipt),
    /// They were before.
    Before(Receipt),
}

impl Erased {
    /// The receipt.
    pub fn receipt(self) -> Receipt {
        match self {
            Erased::Now(receipt) | Erased::Before(receipt) => receipt,
        }
    }
}

impl Eraser<'_> {
    /// Erases the person of a lead: all their leads and conversations, the children these are about, and of the children's other parents
    /// those of whom nothing else is here. What can be counted stays. Done again it is done, and says when.
    ///
    /// # Errors
    /// See [`Refused`]; nothing is erased then.
    pub async fn erase(&self, lead_id: i64, reason: Reason) -> Result<Erased, Refused> {
        retried(|| self.try_erase(lead_id, reason)).await
    }

    async fn try_erase(&self, lead_id: i64, reason: Reason) -> Result<Erased, Refused> {
        let Eraser { db, ids, tenant, actor, now } = *self;
        let lead = leads::find(db.within(tenant), lead_id).await?.ok_or(Refused::Missing("lead"))?;
        let key = store::key(db, now).await?;
        let mut tx = db.begin().await?;
        let scope = self.locked(&mut tx, lead.person_id).await?;
        let whose = leads::find(tx.within(tenant), lead_id).await?.map(|lead| lead.person_id);
        if whose != Some(lead.person_id) {
            // It was merged into another's, or taken apart again, while this waited.
            return Err(StoreError::Stale { what: "person" }.into());
        }
        let mut rows = Vec::with_capacity(scope.leads.len());
        for id in &scope.leads {
            rows.extend(leads::lock(tx.within(tenant), *id).await?);
        }
        if rows.iter().any(|row| row.erased_at.is_some()) {
            let row = store::receipt(tx.within(tenant), lead.person_id).await?;
            return Ok(Erased::Before(read(&row.ok_or(Refused::Missing("receipt"))?)?));
        }
        let remains = self.remains(&mut tx, &scope, &rows).await?;
        let opt_outs = store::keep(&mut tx, tenant, &scope.persons, &key, now).await?;
        let mut cancelled_follow_ups = 0;
        for row in &rows {
            cancelled_follow_ups +=
                leads::cancel_pending(tx.within(tenant), row.id, actor.user_id, now).await?;
        }
        let beside = store::named_beside(&mut tx, tenant, &scope).await?;
        let counts = store::empty(&mut tx, tenant, &scope, now).await?;
        for (lead_id, child_id) in beside {
            self.name_anew(&mut tx, lead_id, child_id).await?;
        }
        let receipt = Receipt {
            id: ids.next(now),
            lead_id,
            leads: scope.leads.clone(),
            persons: scope.persons.len(),
            reason: reason.as_str().to_owned(),
            erased_at: now,
            user_id: actor.user_id,
            program: actor.program.clone(),
            rows: counts.into_iter().map(|(table, n)| (table.to_owned(), n)).collect(),
            cancelled_follow_ups,
            opt_outs,
            remains,
        };
        self.write_down(&mut tx, &scope, lead.person_id, &receipt).await?;
        tx.commit().await?;
        Ok(Erased::Now(receipt))
    }

    /// Whose rows go, with the locks of all these persons, in the order of their ids.
    async fn locked(&self, tx: &mut Tx, person_id: i64) -> Result<Scope, Refused> {
        let found = store::scope(tx, self.tenant, person_id).await?;
        for id in &found.persons {
            let turn = self.ids.next(self.now);
            let person = leads::lock_person_by_id(tx.within(self.tenant), *id, turn).await?;
            person.ok_or(Refused::Missing("person"))?;
        }
        let scope = store::scope(tx, self.tenant, person_id).await?;
        if scope.persons != found.persons {
            return Err(StoreError::Stale { what: "person" }.into());
        }
        Ok(scope)
    }

    async fn remains(&self, tx: &mut Tx, scope: &Scope, rows: &[LeadRow]) -> Result<Remains, Refused> {
        let tenant = self.tenant;
        let mut records = store::elsewhere(tx, tenant, &scope.leads).await?;
        records.retain(|record| record.may_be_there);
        records.extend(store::forgotten(tx, tenant, &scope.keys).await?);
        let beside = store::named_beside(tx, tenant, scope).await?;
        let all = segments::list(tx.within(tenant), SEGMENTS).await?;
        let named = |text: &str| {
            rows.iter()
                .any(|row| names(text, (row.name.as_deref(), row.email.as_deref(), row.phone.as_deref())))
        };
        let naming = all.iter().filter(|segment| named(&segment.filter) || named(&segment.name));
        Ok(Remains {
            records: records
                .into_iter()
                .map(|record| RecordThere { sink: record.sink, key: record.key, id: record.sink_id })
                .collect(),
            recordings: store::recordings(tx, tenant, &scope.conversations).await?,
            leads: beside.into_iter().map(|(lead_id, _)| lead_id).collect(),
            segments: naming.map(|segment| segment.id).collect(),
        })
    }

    /// Lets another's lead be found by its child and the parents who are left.
    async fn name_anew(&self, tx: &mut Tx, lead_id: i64, child_id: i64) -> Result<(), Refused> {
        let Some(child) = leads::child(tx.within(self.tenant), child_id).await? else { return Ok(()) };
        let parents = leads::guardians(tx.within(self.tenant), child_id).await?;
        let own =
            [Some(child.first_name.as_str()), child.last_name.as_deref(), Some(child.enquiry_id.as_str())];
        let called = parents.iter().flat_map(|parent| [Some(parent.name.as_str()), parent.email.as_deref()]);
        let words = keywords::further(
            own.into_iter().chain(called).flatten(),
            parents.iter().map(|parent| parent.phone.as_str()),
        );
        Ok(leads::add_words(tx.within(self.tenant), lead_id, &words).await?)
    }

    /// The receipt, and an entry in the audit log of each lead.
    async fn write_down(
        &self,
        tx: &mut Tx,
        scope: &Scope,
        person_id: i64,
        receipt: &Receipt,
    ) -> Result<(), Refused> {
        let Eraser { ids, tenant, actor, now, .. } = *self;
        let hand = Hand { ids, tenant, actor, now };
        let detail = json!({ "erasure": receipt.id, "rows": receipt.rows });
        for id in &scope.leads {
            let Some(mut lead) = leads::lock(tx.within(tenant), *id).await? else { continue };
            let was = lead.status.clone();
            record(tx, hand, &mut lead, &was, (EVENT, Some(&receipt.reason), &detail)).await?;
        }
        let row = ErasureRow {
            id: receipt.id,
            lead_id: receipt.lead_id,
            person_id,
            reason: receipt.reason.clone(),
            receipt: serde_json::to_string(receipt).expect("plain values always serialise"),
            user_id: receipt.user_id,
            program: receipt.program.clone(),
            created_at: receipt.erased_at,
        };
        Ok(store::write(tx.within(tenant), &row).await?)
    }
}

fn read(row: &ErasureRow) -> Result<Receipt, StoreError> {
    serde_json::from_str(&row.receipt)
        .map_err(|source| StoreError::Corrupt { column: "erasures.receipt", source: source.into() })
}

/// All that is known of the person of a lead, with readable keys: by kind, each row an object; times RFC 3339. `None`: there is no such
/// lead.
///
/// # Errors
/// Where the database does not answer.
pub async fn export(db: &Db, tenant: Tenant, lead_id: i64, now: Millis) -> Result<Option<Json>, StoreError> {
    let Some(lead) = leads::find(db.within(tenant), lead_id).await? else { return Ok(None) };
    let mut tx = db.begin().await?;
    let mut scope = store::scope(&mut tx, tenant, lead.person_id).await?;
    // What is known of another parent is theirs to ask for; how the enquiry names them is this person's.
    scope.persons = vec![lead.person_id];
    let all = store::told(&mut tx, tenant, &scope).await?;
    drop(tx);
    let mut export = Map::new();
    export.insert("lead_id".to_owned(), json!(lead_id));
    export.insert("exported_at".to_owned(), json!(time(now)));
    for (name, rows) in all {
        let rows = rows.iter().map(|row| {
            let row: Json = serde_json::from_str(row)
                .map_err(|source| StoreError::Corrupt { column: "a row", source: source.into() })?;
            Ok(readable(row))
        });
        export.insert(name.to_owned(), Json::Array(rows.collect::<Result<_, StoreError>>()?));
    }
    Ok(Some(Json::Object(export)))
}

fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_string()
}

/// A row as people read it: times as such, and JSON that stands in text as JSON.
fn readable(row: Json) -> Json {
    let Json::Object(fields) = row else { return row };
    let told = |(name, value): (String, Json)| {
        let is_time = name.ends_with("_at") || name.ends_with("_until");
        let value = match value {
            Json::Number(at) if is_time => at.as_i64().map_or(Json::Null, |at| json!(time(at))),
            Json::String(text) if text.starts_with(['{', '[']) => {
                serde_json::from_str(&text).unwrap_or(Json::String(text))
            }
            other => other,
        };
        (name, value)
    };
    Json::Object(fields.into_iter().map(told).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_readable() {
        let row = json!({"created_at": 1_767_607_200_000_i64, "value": "{\"text\":\"x\"}", "body": "{no", "n": 3, "ended_at": null});
        let expected = json!({"created_at": "2026-01-05T10:00:00Z", "value": {"text": "x"}, "body": "{no", "n": 3, "ended_at": null});
        assert_eq!(readable(row), expected);
    }
}
