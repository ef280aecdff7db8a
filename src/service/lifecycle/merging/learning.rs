//! What the lead that stays learns of the other, and forgets again where the merge is undone.

use super::super::Refused;
use super::super::contact::{self, Contact, call};
use super::Moved;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::store::db::Tx;
use crate::store::leads::{self, FieldsRow, LeadRow};
use crate::store::merges::{self, SumsRow};
use serde_json::{Map, Value as Json};

/// What messages are looked through for the last that the person said.
const LOOKED_THROUGH: i64 = 200;
/// What was filled where the other was claimed later.
const CLAIM: &str = "claimed_by";

/// Fills what the first does not know with what the second does; the names of that.
macro_rules! filled {
    ($lead:expr, $other:expr, [$($name:ident),*]) => {{
        let mut filled: Vec<String> = Vec::new();
        $(if $lead.$name.is_none() && $other.$name.is_some() {
            $lead.$name = $other.$name.clone();
            filled.push(stringify!($name).to_owned());
        })*
        filled
    }};
}

/// Empties what was filled and is still what the second has.
macro_rules! emptied {
    ($filled:expr, $lead:expr, $other:expr, [$($name:ident),*]) => {
        $(if $filled.iter().any(|name| name == stringify!($name)) && $lead.$name == $other.$name {
            $lead.$name = None;
        })*
    };
}

/// What people write of a lead.
macro_rules! worked {
    ($way:ident!($($args:tt)*)) => {
        $way!($($args)*, [child_id, child_name, enquiry_id, school, preferred_schedule, parent_expectations, discovery_notes,
            discovery_completed_at, assigned_to])
    };
}

/// What turns keep of a lead.
macro_rules! kept {
    ($way:ident!($($args:tt)*)) => {
        $way!($($args)*, [sender_name, source, first_message])
    };
}

/// Fills in what people write; the names of that.
pub(super) fn fill(lead: &mut LeadRow, other: &LeadRow) -> Vec<String> {
    worked!(filled!(lead, other))
}

/// Takes it out again.
pub(super) fn empty(lead: &mut LeadRow, other: &LeadRow, filled: &[String]) {
    // The child goes as one, also where it was called otherwise since.
    if filled.iter().any(|name| name == "child_id") && lead.child_id == other.child_id {
        (lead.child_name, lead.enquiry_id) = (None, None);
    }
    worked!(emptied!(filled, lead, other));
}

async fn known(tx: &mut Tx, tenant: Tenant, lead_id: i64) -> Result<FieldsRow, Refused> {
    leads::fields(tx.within(tenant), lead_id).await?.ok_or(Refused::Missing("lead"))
}

/// Fills in what turns write as well: whom the lead is with, their fields, what they said, who claimed it.
pub(super) async fn learn(
    tx: &mut Tx,
    tenant: Tenant,
    (lead_id, other_id): (i64, i64),
    moved: &mut Moved,
) -> Result<(), Refused> {
    let (own, theirs) = (known(tx, tenant, lead_id).await?, known(tx, tenant, other_id).await?);
    let own = contact::read(&own)?;
    let further: Map<String, Json> =
        contact::read(&theirs)?.into_iter().filter(|(name, _)| !own.contains_key(name)).collect();
    let said = Contact {
        name: theirs.name.as_deref(),
        phone: theirs.phone.as_deref(),
        email: theirs.email.as_deref(),
        further: &further,
        wins: false,
    };
    let learnt = call(tx, tenant, lead_id, said).await?;
    moved.filled.extend(learnt.into_iter().filter(|name| *name != "fields").map(str::to_owned));
    moved.fields = further.into_iter().map(|(name, _)| name).collect();
    let mut sums = merges::sums(tx.within(tenant), lead_id).await?;
    let others = merges::sums(tx.within(tenant), other_id).await?;
    moved.filled.extend(kept!(filled!(sums, others)));
    moved.messages = others.message_count;
    if others.claimed_at > sums.claimed_at {
        moved.filled.push(CLAIM.to_owned());
        (sums.claimed_by, sums.claimed_at) = (others.claimed_by, others.claimed_at);
    }
    sums.message_count += others.message_count;
    if others.last_message_at > sums.last_message_at {
        (sums.last_message, sums.last_message_at) = (others.last_message, others.last_message_at);
    }
    merges::set_sums(tx.within(tenant), lead_id, &sums).await?;
    Ok(merges::share_words(tx.within(tenant), (lead_id, other_id)).await?)
}

/// Takes it out again, after conversations went back.
pub(super) async fn forget(
    tx: &mut Tx,
    tenant: Tenant,
    (lead, other): (&LeadRow, &LeadRow),
    moved: &Moved,
    (back, since): (&[i64], Millis),
) -> Result<(), Refused> {
    let (mut own, theirs) = (known(tx, tenant, lead.id).await?, known(tx, tenant, other.id).await?);
    let (mut said, others) = (contact::read(&own)?, contact::read(&theirs)?);
    let named = ["name", "phone", "email"]
        .into_iter()
        .filter(|name| moved.filled.iter().any(|filled| filled == name));
    for name in moved.fields.iter().map(String::as_str).chain(named) {
        if said.get(name) == others.get(name) {
            said.remove(name);
        }
    }
    emptied!(moved.filled, own, theirs, [name, phone, email]);
    contact::write(tx, tenant, lead.id, own, said).await?;
    let mut sums = merges::sums(tx.within(tenant), lead.id).await?;
    let mut others: SumsRow = merges::sums(tx.within(tenant), other.id).await?;
    kept!(emptied!(moved.filled, sums, others));
    if moved.filled.iter().any(|name| name == CLAIM) && sums.claimed_at == others.claimed_at {
        (sums.claimed_by, sums.claimed_at) = (None, None);
    }
    // What was said while they were one goes with its conversation.
    let heard = merges::heard(tx.within(tenant), back, since).await?;
    sums.message_count -= moved.messages + heard;
    others.message_count += heard;
    for (lead, sums) in [(lead, &mut sums), (other, &mut others)] {
        let talks = leads::talks(tx.within(tenant), (lead.person_id, lead.id)).await?;
        let last = leads::messages(tx.within(tenant), &talks, i64::MAX, LOOKED_THROUGH).await?;
        let last = last.into_iter().find(|message| message.direction == "in");
        (sums.last_message, sums.last_message_at) =
            last.map(|message| (message.body, message.created_at)).unzip();
        merges::set_sums(tx.within(tenant), lead.id, sums).await?;
    }
    if moved.filled.iter().any(|name| name == "child_id") {
        leads::add_words(tx.within(tenant), lead.id, "").await?;
    }
    Ok(())
}
