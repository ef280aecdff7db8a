//! Two persons become one, and two again.

use super::super::Refused;
use super::Moved;
use crate::domain::access::Tenant;
use crate::domain::identity::{Identity, IdentityKind};
use crate::domain::merging;
use crate::store::db::{StoreError, Tx};
use crate::store::leads::LeadRow;
use crate::store::merges::{self, Owned, StandingRow};
use crate::store::persons::{self, IdentityRow};
use std::collections::{BTreeMap, BTreeSet};

type Variants = BTreeMap<String, String>;

/// Gives the first lead, and its person, what the other and its person have; `moved` says what that was.
pub(super) async fn join(
    tx: &mut Tx,
    tenant: Tenant,
    lead: &LeadRow,
    other: &LeadRow,
    moved: &mut Moved,
) -> Result<(), Refused> {
    let (from, to) = (other.person_id, lead.person_id);
    let conversations = merges::conversations_of(tx.within(tenant), from).await?;
    moved.about = conversations.iter().filter(|row| row.lead_id == other.id).map(|row| row.id).collect();
    moved.follow_ups = merges::follow_ups_of(tx.within(tenant), other.id).await?;
    moved.visits = merges::visits_of(tx.within(tenant), other.id).await?;
    for (owned, ids) in [(Owned::FollowUps, &moved.follow_ups), (Owned::Visits, &moved.visits)] {
        owned.give(tx.within(tenant), (other.id, lead.id), ids).await?;
    }
    let mut standing = standing(tx, tenant, to).await?;
    if from == to {
        if standing.lead_id == other.id {
            moved.conversed_in = Some(other.id);
            standing.lead_id = lead.id;
            merges::set_standing(tx.within(tenant), to, &standing).await?;
        }
    } else {
        let identities = persons::identities(tx.within(tenant), &[from]).await?;
        moved.identities = identities.into_iter().map(|row| (row.kind, row.value)).collect();
        merges::give_identities(tx.within(tenant), (from, to), &moved.identities).await?;
        moved.conversations = conversations.into_iter().map(|row| row.id).collect();
        merges::give_conversations(tx, tenant, to, &moved.conversations).await?;
        merges::give_jobs(tx.within(tenant), (from, to), &moved.conversations).await?;
        moved.leads = merges::leads_of(tx.within(tenant), from).await?;
        Owned::Leads.give(tx.within(tenant), (from, to), &moved.leads).await?;
        Owned::AttemptsOf.give(tx.within(tenant), (from, to), &moved.leads).await?;
        let own = merges::children_of(tx.within(tenant), to).await?;
        moved.children = merges::children_of(tx.within(tenant), from).await?;
        moved.children.retain(|child| !own.contains(child));
        Owned::Children.give(tx.within(tenant), (from, to), &moved.children).await?;
        unite(tx, tenant, (from, to), standing, moved).await?;
    }
    merges::retarget(tx, tenant, lead.id, &moved.about).await?;
    moved.score = Some((lead.score, lead.class.clone()));
    merges::rescore(tx.within(tenant), (to, lead.id)).await?;
    Ok(())
}

async fn standing(tx: &mut Tx, tenant: Tenant, person_id: i64) -> Result<StandingRow, Refused> {
    merges::standing(tx.within(tenant), person_id).await?.ok_or(Refused::Missing("person"))
}

fn variants(standing: &StandingRow) -> Result<Variants, StoreError> {
    serde_json::from_str(&standing.variants)
        .map_err(|source| StoreError::Corrupt { column: "persons.variants", source: source.into() })
}

fn text(variants: &Variants) -> String {
    serde_json::to_string(variants).expect("a map of texts always serialises")
}

/// Lets one person have the opt-outs of both, and of each experiment the variant that was shown first.
async fn unite(
    tx: &mut Tx,
    tenant: Tenant,
    (from, to): (i64, i64),
    mut own: StandingRow,
    moved: &mut Moved,
) -> Result<(), Refused> {
    let mut theirs = standing(tx, tenant, from).await?;
    let opted_out = merging::opted_out(&own.opted_out, &theirs.opted_out);
    // On both, so that it holds for each where they are taken apart again.
    (own.opted_out, theirs.opted_out) = (opted_out.clone(), opted_out);
    let shown = merges::exposures(tx.within(tenant), to).await?;
    let mut first = Vec::new();
    for exposure in merges::exposures(tx.within(tenant), from).await? {
        match shown.iter().find(|own| own.experiment == exposure.experiment) {
            Some(own) if own.created_at <= exposure.created_at => moved.later.push(exposure),
            Some(own) => {
                moved.later.push(own.clone());
                first.push(exposure);
            }
            None => first.push(exposure),
        }
    }
    for exposure in &moved.later {
        merges::forget_exposures(tx.within(tenant), exposure.person_id, &[&exposure.experiment]).await?;
    }
    let names: Vec<&str> = first.iter().map(|exposure| exposure.experiment.as_str()).collect();
    merges::give_exposures(tx.within(tenant), (from, to), &names).await?;
    let before = variants(&own)?;
    let mut after = variants(&theirs)?;
    after.extend(before.clone());
    after.extend(first.iter().map(|exposure| (exposure.experiment.clone(), exposure.variant.clone())));
    own.variants = text(&after);
    moved.variants = Some(before);
    moved.experiments = first.into_iter().map(|exposure| exposure.experiment).collect();
    merges::set_standing(tx.within(tenant), to, &own).await?;
    merges::set_standing(tx.within(tenant), from, &theirs).await?;
    Ok(())
}

/// Gives back what was moved and is still there: to the other lead, and to whoever had it. The conversations that are the other lead's again.
pub(super) async fn part(
    tx: &mut Tx,
    tenant: Tenant,
    (lead, other): (&LeadRow, &LeadRow),
    whose: i64,
    moved: &Moved,
) -> Result<Vec<i64>, Refused> {
    let holder = lead.person_id;
    let conversations = merges::conversations_of(tx.within(tenant), holder).await?;
    let still = |ids: &[i64], is: &dyn Fn(i64) -> bool| -> Vec<i64> {
        conversations
            .iter()
            .filter(|row| ids.contains(&row.id) && is(row.lead_id))
            .map(|row| row.id)
            .collect()
    };
    let about = still(&moved.about, &|lead_id| lead_id == lead.id);
    let theirs = still(&moved.conversations, &|_| true);
    for (owned, ids) in [(Owned::FollowUps, &moved.follow_ups), (Owned::Visits, &moved.visits)] {
        owned.give(tx.within(tenant), (lead.id, other.id), ids).await?;
    }
    if holder == whose {
        let mut standing = standing(tx, tenant, holder).await?;
        if moved.conversed_in == Some(other.id) && standing.lead_id == lead.id {
            standing.lead_id = other.id;
            merges::set_standing(tx.within(tenant), holder, &standing).await?;
        }
    } else {
        let identities = known_since(tx, tenant, holder, moved).await?;
        merges::give_identities(tx.within(tenant), (holder, whose), &identities).await?;
        merges::give_conversations(tx, tenant, whose, &theirs).await?;
        merges::give_jobs(tx.within(tenant), (holder, whose), &theirs).await?;
        Owned::Leads.give(tx.within(tenant), (holder, whose), &moved.leads).await?;
        Owned::AttemptsOf.give(tx.within(tenant), (holder, whose), &moved.leads).await?;
        Owned::Children.give(tx.within(tenant), (holder, whose), &moved.children).await?;
        divide(tx, tenant, (holder, whose), moved).await?;
    }
    merges::retarget(tx, tenant, other.id, &about).await?;
    merges::give_told(tx, tenant, (lead.id, other.id), &about).await?;
    if merges::rescore(tx.within(tenant), (holder, lead.id)).await? == 0
        && let Some((score, class)) = &moved.score
    {
        // It has no conversation of its own.
        merges::set_score(tx.within(tenant), lead.id, *score, class).await?;
    }
    merges::rescore(tx.within(tenant), (whose, other.id)).await?;
    Ok(about)
}

/// The identities that go back: those that came, and what the same number has become known by since.
async fn known_since(
    tx: &mut Tx,
    tenant: Tenant,
    holder: i64,
    moved: &Moved,
) -> Result<Vec<(String, String)>, Refused> {
    let all = persons::identities(tx.within(tenant), &[holder]).await?;
    let strong = |row: &IdentityRow| {
        let kind = IdentityKind::parse(&row.kind)?;
        merging::strong(&Identity { kind, value: row.raw.clone() })
    };
    let came = |row: &IdentityRow| {
        moved.identities.iter().any(|(kind, value)| *kind == row.kind && *value == row.value)
    };
    let theirs: BTreeSet<_> = all.iter().filter(|row| came(row)).filter_map(strong).collect();
    let goes = |row: &&IdentityRow| came(row) || strong(row).is_some_and(|strong| theirs.contains(&strong));
    Ok(all.iter().filter(goes).map(|row| (row.kind.clone(), row.value.clone())).collect())
}

/// Gives each person the variants they had. What was drawn since stays with the one who had both.
async fn divide(
    tx: &mut Tx,
    tenant: Tenant,
    (holder, whose): (i64, i64),
    moved: &Moved,
) -> Result<(), Refused> {
    let names: Vec<&str> = moved.experiments.iter().map(String::as_str).collect();
    merges::give_exposures(tx.within(tenant), (holder, whose), &names).await?;
    for exposure in &moved.later {
        merges::put_back(tx.within(tenant), exposure).await?;
    }
    let mut own = standing(tx, tenant, holder).await?;
    let theirs = variants(&standing(tx, tenant, whose).await?)?;
    let before = moved.variants.clone().unwrap_or_default();
    let mut after = variants(&own)?;
    after.retain(|experiment, _| !theirs.contains_key(experiment) && !moved.experiments.contains(experiment));
    after.extend(before);
    own.variants = text(&after);
    // Who opted out while they were one opted out as both: whose address it was said from is not known.
    let mut also = standing(tx, tenant, whose).await?;
    also.opted_out = merging::opted_out(&also.opted_out, &own.opted_out);
    merges::set_standing(tx.within(tenant), holder, &own).await?;
    merges::set_standing(tx.within(tenant), whose, &also).await?;
    Ok(())
}
