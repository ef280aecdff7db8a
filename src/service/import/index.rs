//! The leads that rows may be of: looked up for a whole batch at once, and those that the rows before have made.

use super::Numbered;
use crate::domain::access::Tenant;
use crate::domain::identity::Identity;
use crate::domain::import::{By, Known, Row};
use crate::store::db::{Db, StoreError, Tx, Within};
use crate::store::leads::{self, KnownRow};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where it is looked up.
pub(super) enum On<'a> {
    /// Beside whatever happens.
    Db(&'a Db),
    /// In the transaction that writes.
    Tx(&'a mut Tx),
}

impl On<'_> {
    fn within(&mut self, tenant: Tenant) -> Within<'_> {
        match self {
            On::Db(db) => db.within(tenant),
            On::Tx(tx) => tx.within(tenant),
        }
    }
}

/// What is known of numbers and addresses.
#[derive(Debug, Default)]
pub struct Index {
    /// Whose a number is; `None`: nobody's.
    owners: HashMap<String, Option<i64>>,
    /// The leads of a number or an address, whichever rows are compared by; the newest first.
    leads: HashMap<String, Vec<Known>>,
}

/// A row's number, as numbers are compared.
fn number(row: &Row) -> Option<String> {
    row.phone.as_deref().map(|phone| Identity::phone(phone).key())
}

fn key(by: By, row: &Row) -> Option<String> {
    match by {
        By::Phone | By::NamePhone => number(row),
        By::Email => row.email.clone(),
    }
}

impl From<KnownRow> for Known {
    fn from(row: KnownRow) -> Known {
        let KnownRow { id: lead_id, person_id, name, child_name, status, created_at, .. } = row;
        Known { lead_id, person_id, name, child_name, status, created_at, row: None }
    }
}

impl Index {
    /// Looks up what is not known yet of these rows.
    pub(super) async fn learn(
        &mut self,
        mut on: On<'_>,
        tenant: Tenant,
        by: By,
        batch: &[Numbered],
    ) -> Result<(), StoreError> {
        let rows = || batch.iter().filter_map(|numbered| numbered.said.as_ref().ok());
        let numbers: BTreeSet<String> =
            rows().filter_map(number).filter(|number| !self.owners.contains_key(number)).collect();
        let numbers: Vec<String> = numbers.into_iter().collect();
        let owners = leads::owners(on.within(tenant), &numbers).await?;
        self.owners.extend(numbers.into_iter().map(|number| (number, None)));
        let owned: BTreeMap<i64, String> =
            owners.iter().map(|row| (row.person_id, row.value.clone())).collect();
        let known = match by {
            By::Phone | By::NamePhone => {
                let persons: Vec<i64> = owned.keys().copied().collect();
                leads::of_persons(on.within(tenant), &persons).await?
            }
            By::Email => {
                let new: BTreeSet<String> = rows()
                    .filter_map(|row| row.email.clone())
                    .filter(|address| !self.leads.contains_key(address))
                    .collect();
                let new: Vec<String> = new.into_iter().collect();
                let known = leads::of_addresses(on.within(tenant), &new).await?;
                self.leads.extend(new.into_iter().map(|address| (address, Vec::new())));
                known
            }
        };
        // A person may have several of these numbers.
        let mut of_person: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for owner in owners {
            self.owners.insert(owner.value.clone(), Some(owner.person_id));
            of_person.entry(owner.person_id).or_default().push(owner.value);
        }
        for row in known {
            let keys = match by {
                By::Email => row.address.iter().cloned().collect(),
                By::Phone | By::NamePhone => of_person.get(&row.person_id).cloned().unwrap_or_default(),
            };
            let known = Known::from(row);
            for key in keys {
                self.leads.entry(key).or_default().push(known.clone());
            }
        }
        Ok(())
    }

    /// The leads a row may be of, the newest first.
    pub(super) fn leads(&self, by: By, row: &Row) -> &[Known] {
        key(by, row).and_then(|key| self.leads.get(&key)).map_or(&[], Vec::as_slice)
    }

    /// Whose a row's number is.
    pub(super) fn owner(&self, row: &Row) -> Option<i64> {
        number(row).and_then(|number| self.owners.get(&number).copied().flatten())
    }

    /// A lead as it stands after a row.
    pub(super) fn add(&mut self, by: By, row: &Row, known: Known) {
        if let Some(number) = number(row) {
            self.owners.insert(number, Some(known.person_id).filter(|id| *id != 0));
        }
        let Some(key) = key(by, row) else { return };
        let leads = self.leads.entry(key).or_default();
        // A lead that is only planned has no id, but the row that it would come from.
        let is_it = |lead: &&mut Known| {
            lead.lead_id == known.lead_id && (known.lead_id != 0 || lead.row == known.row)
        };
        match leads.iter_mut().find(is_it) {
            Some(lead) => *lead = Known { row: lead.row, ..known },
            None => leads.insert(0, known),
        }
    }
}
