//! Leads given to counselors in turn. The tenant's lock is held, so that two do not ask at once whose turn it is.

use super::{Hand, Refused};
use crate::app::App;
use crate::store::db::Tx;
use crate::store::leads::LeadRow;
use crate::store::tenants::ROUND_ROBIN;
use crate::store::users;
use serde_json::{Value as Json, json};

/// Gives a lead to whoever's turn it is, where nobody works it and the center gives new enquiries so.
pub(super) async fn in_turn(
    app: &App,
    tx: &mut Tx,
    hand: Hand<'_>,
    lead: &mut LeadRow,
    detail: &mut Json,
) -> Result<(), Refused> {
    let own = app.tenants.iter().find(|known| known.id == hand.tenant.0);
    if lead.assigned_to.is_some() || own.is_none_or(|own| own.assigns != ROUND_ROBIN) {
        return Ok(());
    }
    to_next(tx, hand, lead, detail).await.map(drop)
}

/// Gives a lead to whoever's turn it is; `false`: nobody is there who has room.
pub(super) async fn to_next(
    tx: &mut Tx,
    hand: Hand<'_>,
    lead: &mut LeadRow,
    detail: &mut Json,
) -> Result<bool, Refused> {
    let Hand { ids, tenant, now, .. } = hand;
    let next = users::next_counselor(tx.within(tenant), now).await?;
    if let Some(user_id) = next {
        users::was_given(tx.within(tenant), user_id, ids.next(now)).await?;
        lead.assigned_to = Some(user_id);
    }
    detail["assigned_in_turn"] = json!(next);
    Ok(next.is_some())
}
