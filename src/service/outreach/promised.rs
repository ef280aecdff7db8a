//! A call that was agreed with a lead that no campaign calls is a follow-up: somebody of ours makes it.

use super::looking::read;
use crate::app::App;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::service::lifecycle::{
    Actor, FollowUpChange, NewFollowUp, PENDING, Refused, change_follow_up, plan_follow_up,
};
use crate::store::db::StoreError;
use crate::store::leads;
use crate::store::outreach::campaigns;

/// Follow-ups of a lead that are looked through, those of the latest date first.
const MOST: i64 = 200;

/// Plans it for that instant, by the clock of a time zone, where no campaign that runs calls the lead; one that was planned for what was
/// agreed `before` is put off instead.
///
/// # Errors
/// Where the database does not answer.
pub(super) async fn plan(
    app: &App,
    tenant: Tenant,
    lead_id: i64,
    (before, at): (Option<Millis>, Millis),
    time_zone: &str,
) -> Result<(), StoreError> {
    let campaigns = campaigns::running_with(app.db.within(tenant), lead_id).await?;
    // One whose settings cannot be read calls nobody.
    if campaigns.iter().any(|row| read(row).is_ok_and(|campaign| campaign.calls())) {
        return Ok(());
    }
    let actor = Actor { user_id: None, program: "conversation".to_owned() };
    let all = leads::follow_ups_of(app.db.within(tenant), lead_id, MOST).await?;
    let planned = |at: Millis| {
        all.iter().find(|row| row.status == PENDING && row.created_by.is_none() && row.scheduled_at == at)
    };
    // What carries this here may come again.
    if planned(at).is_some() {
        return Ok(());
    }
    let time_zone = time_zone.to_owned();
    let done = match before.and_then(planned) {
        Some(row) => {
            let later =
                FollowUpChange { scheduled_at: Some(at), time_zone: Some(time_zone), ..Default::default() };
            change_follow_up(app, tenant, &actor, row.id, later).await.map(drop)
        }
        None => {
            let notes = Some("They asked to be called at this time.".to_owned());
            let new = NewFollowUp { scheduled_at: at, time_zone, notes, assigned_to: None };
            plan_follow_up(app, tenant, &actor, (lead_id, None), new).await.map(drop)
        }
    };
    match done {
        Ok(()) => Ok(()),
        Err(Refused::Store(error)) => Err(error),
        // It is converted, closed, put aside or merged: nobody works it any more.
        Err(refused) => {
            tracing::info!(lead.id = lead_id, "an agreed call is no follow-up: {refused}");
            Ok(())
        }
    }
}
