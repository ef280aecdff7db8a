//! Calls that are over: their conversation waits or goes on by text message, and their recordings are kept.

use crate::app::App;
use crate::channels::twilio::voice::{Ended, Recording};
use crate::domain::channel::Channel;
use crate::domain::identity::Identity;
use crate::service::{outbox, turns};
use crate::store::conversations;
use crate::store::db::StoreError;
use crate::store::recordings::{self, RecordingRow};
use crate::store::tenants::AccountRow;
use crate::turns::{CallOver, RESUMED_WITHIN, TurnError, TurnInput, TurnRequest, text_after_call};
use std::sync::Arc;

/// Where the conversation of a caller's earlier call went on, if the next call is to take it up from there.
///
/// # Errors
/// Where the database does not answer.
pub async fn went_on_by(
    app: &App,
    account: &AccountRow,
    person: &Identity,
) -> Result<Option<Channel>, StoreError> {
    let (kind, key, since) = (person.kind.as_str(), person.key(), app.clock.now() - RESUMED_WITHIN);
    let by_text =
        conversations::went_on_by_text(&app.db, account.tenant_id, account.id, kind, &key, since).await?;
    Ok(by_text.then_some(Channel::Sms))
}

/// A call is over. One we hold no conversation in is let go: nothing of it was said.
///
/// # Errors
/// Where the turn is not taken; then the provider's next report is tried again.
pub async fn ended(app: &App, account: &AccountRow, ended: Ended) -> Result<(), TurnError> {
    // Whoever called while somebody else did from the same number is known by the call alone.
    let apart = Identity::call(&ended.sid);
    match close(app, account, &ended, ended.person.clone()).await {
        Err(TurnError::UnknownCall) if ended.person != apart => {
            match close(app, account, &ended, apart).await {
                Err(TurnError::UnknownCall) => Ok(()),
                closed => closed,
            }
        }
        Err(TurnError::UnknownCall) => Ok(()),
        closed => closed,
    }
}

/// Closes the conversation this person holds in the call.
async fn close(app: &App, account: &AccountRow, ended: &Ended, person: Identity) -> Result<(), TurnError> {
    let (kind, key) = (person.kind.as_str(), person.key());
    let newer = conversations::newer_by_text(&app.db, account.tenant_id, account.id, kind, &key).await;
    let newer = newer.map_err(|error| TurnError::Store(Arc::new(error)))?;
    let request = TurnRequest {
        tenant_id: account.tenant_id,
        account_id: account.id,
        channel: Channel::Voice,
        session: None,
        provider_id: Some(format!("{}:end", ended.sid)),
        sender_name: None,
        confirm_consent: true,
        input: TurnInput::CallEnded(CallOver {
            sid: ended.sid.clone(),
            end: ended.end,
            seconds: ended.seconds,
            ours: ended.ours.clone(),
            may_text: !newer && outbox::sends_by_twilio(app, account),
        }),
        identities: vec![person],
        encode: |_| String::new(),
        sends: Some(text_after_call),
    };
    turns::submit(app, request).await.map(drop)
}

/// Keeps where a recording is. One of another tenant is logged and let go: the provider cannot mend it.
///
/// # Errors
/// Where the database does not answer.
pub async fn recorded(app: &App, tenant_id: i64, recording: &Recording) -> Result<(), StoreError> {
    let Recording { sid, call_sid, message, url, seconds, status } = recording;
    if message.tenant_id != tenant_id {
        tracing::warn!(tenant.id = tenant_id, "a recording names a conversation of another tenant");
        return Ok(());
    }
    let row = RecordingRow {
        tenant_id,
        conversation_id: message.conversation_id,
        sid: sid.clone(),
        call_sid: call_sid.clone(),
        url: url.clone(),
        seconds: *seconds,
        status: status.clone(),
        created_at: app.clock.now(),
    };
    recordings::keep(&app.db, &row).await
}
