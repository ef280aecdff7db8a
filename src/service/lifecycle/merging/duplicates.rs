//! Which leads may be one.

use super::super::Refused;
use crate::domain::access::Tenant;
use crate::domain::identity::{Identity, IdentityKind};
use crate::domain::merging::{Likeness, Strong, compare, strong};
use crate::store::db::{Db, StoreError, Tx};
use crate::store::leads::{self, LeadRow};
use crate::store::merges::{self, Alike};
use crate::store::persons::{self, IdentityRow};
use std::collections::BTreeSet;

/// The most leads that are told.
const MOST: i64 = 100;

/// A lead that may be another.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The lead.
    pub lead: LeadRow,
    /// How it is to the other.
    pub likeness: Likeness,
}

/// What a lead is known by: its person's identities, and its own number and address.
fn known(lead: &LeadRow, identities: &[IdentityRow]) -> BTreeSet<Strong> {
    let of_person = identities
        .iter()
        .filter(|row| row.person_id == lead.person_id)
        .filter_map(|row| Some(Identity { kind: IdentityKind::parse(&row.kind)?, value: row.raw.clone() }));
    let own = lead
        .phone
        .as_deref()
        .map(Identity::phone)
        .into_iter()
        .chain(lead.email.as_deref().map(Identity::email));
    of_person.chain(own).filter_map(|identity| strong(&identity)).collect()
}

/// How two leads are to each other.
pub(super) async fn likeness(
    tx: &mut Tx,
    tenant: Tenant,
    lead: &LeadRow,
    other: &LeadRow,
) -> Result<Likeness, Refused> {
    let identities = persons::identities(tx.within(tenant), &[lead.person_id, other.person_id]).await?;
    Ok(compare(&known(lead, &identities), &known(other, &identities)))
}

/// Leads that share something with this one, the newest first, and whether they are one with it. `None`: there is no such lead.
///
/// # Errors
/// Where the database does not answer.
pub async fn duplicates(db: &Db, tenant: Tenant, lead_id: i64) -> Result<Option<Vec<Duplicate>>, StoreError> {
    let Some(lead) = leads::find(db.within(tenant), lead_id).await? else { return Ok(None) };
    let own = persons::identities(db.within(tenant), &[lead.person_id]).await?;
    let by = sought(&lead, &own);
    let mut found = merges::alike(db.within(tenant), &by, MOST + 1).await?;
    found.retain(|other| other.id != lead.id);
    found.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    let mut persons: Vec<i64> = found.iter().chain([&lead]).map(|lead| lead.person_id).collect();
    persons.sort_unstable();
    persons.dedup();
    let identities = persons::identities(db.within(tenant), &persons).await?;
    let mine = known(&lead, &identities);
    let compared = found.into_iter().map(|other| {
        let likeness = compare(&mine, &known(&other, &identities));
        Duplicate { lead: other, likeness }
    });
    Ok(Some(compared.filter(|duplicate| duplicate.likeness != Likeness::Unknown).collect()))
}

/// By what leads are looked for that may be this one. A number is looked for as a phone's and as WhatsApp has it.
fn sought(lead: &LeadRow, identities: &[IdentityRow]) -> Alike {
    let mut by = Alike { persons: vec![lead.person_id], ..Alike::default() };
    for (kind, key) in known(lead, identities) {
        match kind {
            IdentityKind::Phone => {
                by.keys.push(key.trim_start_matches('+').to_owned());
                by.numbers.push(key.clone());
                by.keys.push(key);
            }
            IdentityKind::Email => {
                by.keys.push(key.clone());
                by.addresses.push(key);
            }
            _ => by.keys.push(key),
        }
    }
    // As leads have them: not as variants are compared.
    by.numbers.extend(lead.phone.clone());
    by.numbers.extend(identities.iter().filter(|row| row.kind == "phone").map(|row| row.raw.clone()));
    by
}
