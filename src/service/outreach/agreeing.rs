//! A call that was agreed: the lead is to be called then, whatever came of earlier attempts. It is the lead that was tried, where the
//! conversation comes of an attempt: somebody may have several, and a number several people, and the campaign has that one.

use super::{changed, promised};
use crate::app::App;
use crate::clock::{HOUR, Millis};
use crate::domain::access::Tenant;
use crate::domain::identity::Identity;
use crate::domain::outreach::{PlaceFrom, Standing, place};
use crate::store::db::StoreError;
use crate::store::outreach::{self as store, known};
use crate::store::persons::{self, IdentityRow};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// What was agreed for longer ago than this was a misunderstanding.
const TOO_LATE: Millis = HOUR;

/// Writes down when a lead wants to be called, by a clock on the wall, as it was said at a place of a conversation (its id, the message) that
/// is about `about`; `false`: that is no time, or long gone, or there is no such lead.
///
/// # Errors
/// Where the database does not answer.
pub async fn agree(
    app: &App,
    tenant: Tenant,
    about: i64,
    (conversation_id, seq): (i64, i64),
    local: &str,
) -> Result<bool, StoreError> {
    let Ok(local) = local.parse::<DateTime>() else { return Ok(false) };
    let now = app.clock.now();
    let lead_id = store::lead_of(app.db.within(tenant), conversation_id, seq).await?.unwrap_or(about);
    let found = known::known(app.db.within(tenant), &[lead_id]).await?;
    let Some(found) = found.into_iter().next().filter(|found| found.erased_at.is_none()) else {
        return Ok(false);
    };
    let rows = persons::identities(app.db.within(tenant), &[found.person_id]).await?;
    let identities: Vec<Identity> = rows.iter().filter_map(IdentityRow::identity).collect();
    let fields: BTreeMap<String, serde_json::Value> = serde_json::from_str(&found.fields).unwrap_or_default();
    let center = app.center(tenant.0);
    let place = place(&identities, &fields, center);
    // "At four" is by their own clock where that is known to be one, and else by the center's, which they speak with.
    let own =
        (place.from != PlaceFrom::Tenant && place.zones.len() == 1).then(|| TimeZone::get(&place.zones[0]));
    let zone = own.and_then(Result::ok).unwrap_or_else(|| center.zone.clone());
    let Ok(at) = zone.to_ambiguous_timestamp(local).earlier().map(Timestamp::as_millisecond) else {
        return Ok(false);
    };
    if at < now - TOO_LATE {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    let Some(lead) = store::lock(tx.within(tenant), &[lead_id]).await?.into_iter().next() else {
        return Ok(false);
    };
    if lead.dial_status.as_deref() == Some(Standing::Erased.as_str()) {
        return Ok(false);
    }
    let mut to = lead.clone();
    to.dial_status = Some(Standing::Callback.as_str().to_owned());
    to.last_status_change = Some(now);
    let change = changed(&lead, &to, app.ids.next(now));
    store::change(tx.within(tenant), &[change], ("callback_agreed", None, "conversation"), now).await?;
    store::agree(tx.within(tenant), lead_id, at).await?;
    tx.commit().await?;
    let name = zone.iana_name().unwrap_or("UTC");
    promised::plan(app, tenant, lead_id, (found.callback_at, at), name).await?;
    Ok(true)
}
