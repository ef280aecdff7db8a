//! What providers report of attempts, in any order and more than once.

use super::ending::{end, end_given_up, end_open};
use crate::app::App;
use crate::channels::MessageRef;
use crate::clock::{Millis, SECOND};
use crate::domain::access::Tenant;
use crate::domain::outreach::campaign::{Campaign, OnMachine};
use crate::domain::outreach::{Came, Said, came_of};
use crate::service::statuses;
use crate::store::db::StoreError;
use crate::store::outreach::{self as store, End, Learnt, campaigns};

/// What an attempt's answered call is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The flow.
    Flow,
    /// Nothing: a machine took it, and nothing is left there.
    HangUp,
    /// It is put through to this number.
    Bridge(String),
}

/// Somebody, or a machine, took the call of an attempt.
///
/// # Errors
/// Where the database does not answer.
pub async fn call_taken(
    app: &App,
    tenant: Tenant,
    attempt_id: i64,
    sid: &str,
    (is_machine, answered_by): (bool, Option<&str>),
) -> Result<Taken, StoreError> {
    let Some(attempt) = store::find(app.db.within(tenant), attempt_id).await? else { return Ok(Taken::Flow) };
    let learnt = Learnt {
        provider_id: Some(sid.to_owned()),
        answered_by: Some(answered_by.unwrap_or("unknown").to_owned()),
        message: None,
    };
    store::learn(app.db.within(tenant), attempt_id, &learnt).await?;
    let Some(campaign) = campaign(app, tenant, attempt.campaign_id).await? else { return Ok(Taken::Flow) };
    Ok(match campaign.settings.machine {
        OnMachine::HangUp if is_machine => Taken::HangUp,
        _ if is_machine => Taken::Flow,
        _ => campaign.settings.bridge_to.clone().map_or(Taken::Flow, Taken::Bridge),
    })
}

async fn campaign(app: &App, tenant: Tenant, id: Option<i64>) -> Result<Option<Campaign>, StoreError> {
    let Some(id) = id else { return Ok(None) };
    let row = campaigns::find(app.db.within(tenant), id).await?;
    row.as_ref().map(super::looking::read).transpose()
}

/// What the network says of a call that is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallOver<'a> {
    /// Whether we asked: then it says nothing against what was reported.
    pub was_asked: bool,
    /// The provider's id of it.
    pub sid: &'a str,
    /// Its status.
    pub status: &'a str,
    /// The network's answer.
    pub sip: Option<u16>,
    /// Who answered.
    pub answered_by: Option<&'a str>,
    /// How long it was.
    pub seconds: Option<i64>,
}

/// The call of an attempt is over, or goes on: then nothing is written. `false`: nothing was news.
///
/// # Errors
/// Where the database does not answer.
pub async fn call_over(
    app: &App,
    tenant: Tenant,
    attempt_id: i64,
    over: &CallOver<'_>,
) -> Result<bool, StoreError> {
    let Some(attempt) = store::find(app.db.within(tenant), attempt_id).await? else { return Ok(false) };
    let answered_by = over.answered_by.or(attempt.answered_by.as_deref());
    let said = Said::Call { status: over.status, sip: over.sip, answered_by };
    let Some(came) = came_of(said) else { return Ok(false) };
    let came = match came {
        // Nobody ever asked us what to say to them.
        Came::Answered if attempt.answered_by.is_none() => Came::Dropped,
        Came::Machine => {
            let campaign = campaign(app, tenant, attempt.campaign_id).await?;
            let leaves =
                campaign.is_some_and(|campaign| campaign.settings.machine == OnMachine::LeaveMessage);
            if leaves && attempt.answered_by.is_some() { Came::VoicemailLeft } else { Came::Machine }
        }
        came => came,
    };
    let end_of_it = End {
        came,
        provider_id: Some(over.sid.to_owned()),
        answered_by: answered_by.map(str::to_owned),
        duration_ms: over.seconds.map(|seconds: Millis| seconds * SECOND),
    };
    match over.was_asked {
        true => end_open(app, tenant, attempt_id, &end_of_it).await,
        false => end(app, tenant, attempt_id, &end_of_it).await,
    }
}

/// Somebody answered, and nobody of ours took the call it was put through to.
///
/// # Errors
/// Where the database does not answer.
pub async fn nobody_of_ours(app: &App, tenant: Tenant, attempt_id: i64) -> Result<(), StoreError> {
    end(app, tenant, attempt_id, &End::of(Came::Dropped)).await.map(drop)
}

/// What the provider says of a message; `status` and `code` as it names them.
///
/// # Errors
/// Where the database does not answer.
pub async fn message_said(
    app: &App,
    message: MessageRef,
    status: &str,
    code: Option<&str>,
) -> Result<(), StoreError> {
    let tenant = Tenant(message.tenant_id);
    let Some(came) = came_of(Said::Message { status, code }) else { return Ok(()) };
    let found = store::by_message(app.db.within(tenant), message.conversation_id, message.seq).await?;
    let Some(attempt) = found else { return Ok(()) };
    // That it failed may be what we made of hearing nothing.
    let has_failed = attempt.came.as_deref() == Some(Came::Failed.as_str());
    if has_failed && !statuses::has_failed(app, message).await? {
        return end_given_up(app, tenant, attempt.id, &End::of(came)).await.map(drop);
    }
    end(app, tenant, attempt.id, &End::of(came)).await.map(drop)
}

/// The call of an attempt was not made, because of this.
///
/// # Errors
/// Where the database does not answer.
pub async fn not_left(app: &App, tenant: Tenant, attempt_id: i64, came: Came) -> Result<(), StoreError> {
    end(app, tenant, attempt_id, &End::of(came)).await.map(drop)
}
