//! An attempt leaves: once more it is looked whether it may, and then it is a call or a message.

use super::ending::end;
use super::knowing::Own;
use super::looking::{Bench, entry, read};
use super::reports::message_said;
use crate::app::App;
use crate::channels::MessageRef;
use crate::clock::Millis;
use crate::domain::access::Tenant;
use crate::domain::channel::Channel;
use crate::domain::identity::{Identity, IdentityKind};
use crate::domain::outreach::Came;
use crate::domain::outreach::campaign::Campaign;
use crate::service::{outbox, turns};
use crate::store::db::StoreError;
use crate::store::outreach::{self as store, AttemptRow, End, Learnt, WrittenRow, campaigns, members};
use crate::store::persons::{self, IdentityRow};
use crate::turns::{Reach, TurnError, TurnInput, TurnRequest};
use std::sync::Arc;

/// The campaign of an attempt that has not come to anything yet, if its lead may be tried at this moment; `None`: it may not.
///
/// # Errors
/// Where the database does not answer.
pub async fn going(app: &App, tenant: Tenant, attempt: &AttemptRow) -> Result<Option<Campaign>, StoreError> {
    let Some(campaign) = attempt.campaign_id.filter(|_| attempt.ended_at.is_none()) else { return Ok(None) };
    let Some(row) = campaigns::find(app.db.within(tenant), campaign).await? else { return Ok(None) };
    let campaign = read(&row)?;
    let members = members::of(app.db.within(tenant), row.id, &[attempt.lead_id]).await?;
    let mut bench = Bench::new(app, app.db.within(tenant), &campaign).await?;
    let judged = bench.judged(app.db.within(tenant), &members, Own::Trying(attempt.id)).await?;
    let wanted = (attempt.channel.as_str(), attempt.address.as_str(), attempt.person_id);
    let may = judged.first().is_some_and(|(lead, judged)| {
        entry(campaign.id, lead, judged, bench.now).is_some_and(|entry| entry.reaches() == wanted)
    });
    Ok(may.then_some(campaign))
}

/// Writes to a lead; where it may not be written to any more, the attempt is taken back.
///
/// # Errors
/// Where the turn is not taken; it is tried again.
pub async fn write(app: &App, tenant: Tenant, attempt_id: i64, until: Millis) -> Result<(), TurnError> {
    let store = |error: StoreError| TurnError::Store(Arc::new(error));
    let taken_back =
        async || end(app, tenant, attempt_id, &End::of(Came::Cancelled)).await.map(drop).map_err(store);
    let found = store::find(app.db.within(tenant), attempt_id).await.map_err(store)?;
    let Some(attempt) = found else { return Ok(()) };
    // It may have been written before a crash, and only that is not known yet.
    if learn(app, tenant, &attempt).await.map_err(store)? {
        return Ok(());
    }
    let going = going(app, tenant, &attempt).await.map_err(store)?;
    let Some(campaign) = going.filter(|_| app.clock.now() < until) else {
        return taken_back().await;
    };
    let Some(request) = request(app, tenant, &attempt, &campaign, until).await.map_err(store)? else {
        return taken_back().await;
    };
    let answered = match turns::submit(app, request).await {
        Err(error @ (TurnError::UnknownFlow(_) | TurnError::NoFlow(_))) => {
            tracing::error!(campaign.id = campaign.id, "a campaign's flow cannot be begun: {error}");
            return end(app, tenant, attempt_id, &End::of(Came::Failed)).await.map(drop).map_err(store);
        }
        answered => answered?,
    };
    match MessageRef::parse(&answered.reply) {
        None => taken_back().await,
        // Whoever has the number may be another person than the lead's: the turn says where it wrote.
        Some(message) => {
            let row = store::wrote(app.db.within(tenant), message.conversation_id, message.seq).await;
            let Some(row) = row.map_err(store)? else { return Ok(()) };
            wrote(app, tenant, attempt_id, row).await.map_err(store)
        }
    }
}

/// Learns which message an attempt wrote, and what was reported of it until now; `false`: it wrote none.
async fn learn(app: &App, tenant: Tenant, attempt: &AttemptRow) -> Result<bool, StoreError> {
    let written = store::written(app.db.within(tenant), attempt.person_id, &turn_of(attempt.id)).await?;
    let Some(row) = written else { return Ok(false) };
    wrote(app, tenant, attempt.id, row).await.map(|()| true)
}

async fn wrote(app: &App, tenant: Tenant, attempt_id: i64, row: WrittenRow) -> Result<(), StoreError> {
    let learnt = Learnt { message: Some((row.conversation_id, row.seq)), ..Learnt::default() };
    store::learn(app.db.within(tenant), attempt_id, &learnt).await?;
    let Some(status) = row.status else { return Ok(()) };
    let message = MessageRef { tenant_id: tenant.0, conversation_id: row.conversation_id, seq: row.seq };
    message_said(app, message, &status, row.error_code.as_deref()).await
}

/// By what the turn of an attempt is known, however often it is run.
fn turn_of(attempt_id: i64) -> String {
    format!("attempt-{attempt_id}")
}

/// The turn that writes; `None`: nobody knows where to.
async fn request(
    app: &App,
    tenant: Tenant,
    attempt: &AttemptRow,
    campaign: &Campaign,
    until: Millis,
) -> Result<Option<TurnRequest>, StoreError> {
    let step = usize::try_from(attempt.step).ok().and_then(|step| campaign.settings.steps.get(step));
    let Some((step, channel)) = step.zip(Channel::parse(&attempt.channel)) else { return Ok(None) };
    let Some(account) = outbox::account(app, tenant, channel) else { return Ok(None) };
    let rows = persons::identities(app.db.within(tenant), &[attempt.person_id]).await?;
    let identities = identities(channel, attempt.dialled.as_deref().unwrap_or(&attempt.address), &rows);
    if identities.is_empty() {
        return Ok(None);
    }
    Ok(Some(TurnRequest {
        tenant_id: tenant.0,
        account_id: account.id,
        channel,
        identities,
        session: None,
        input: TurnInput::Reach(Reach {
            flow: campaign.settings.flow.clone(),
            language: campaign.settings.language.clone(),
            template: step.template.clone(),
            until,
        }),
        provider_id: Some(turn_of(attempt.id)),
        sender_name: None,
        confirm_consent: false,
        encode: |told| told.first.to_string(),
        sends: outbox::unasked_sends(app, account),
    }))
}

/// By what a lead is reached there: as its own messages name it.
fn identities(channel: Channel, address: &str, rows: &[IdentityRow]) -> Vec<Identity> {
    let phone = Identity::phone(address);
    if channel != Channel::Whatsapp {
        return vec![phone];
    }
    let of = |kind| rows.iter().filter_map(IdentityRow::identity).find(|identity| identity.kind == kind);
    let id = of(IdentityKind::Whatsapp).unwrap_or_else(|| Identity::whatsapp(address));
    [Some(phone), Some(id), of(IdentityKind::WhatsappUser)].into_iter().flatten().collect()
}
