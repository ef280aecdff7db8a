//! Webhooks of phone calls through Twilio: the call, what was heard, how it ended, what was recorded.

use super::twilio::{account, verified, xml};
use crate::api::problem::Problem;
use crate::app::App;
use crate::channels::twilio::Form;
use crate::channels::twilio::voice::{self, CallEvent};
use crate::domain::access::Tenant;
use crate::domain::call::Heard;
use crate::domain::channel::Channel;
use crate::domain::identity::{Identity, IdentityKind};
use crate::service::outreach::{self, CallOver, Taken};
use crate::service::{calls, turns};
use crate::store::tenants::AccountRow;
use crate::turns::{CallTurn, TurnError, TurnInput, TurnRequest, answer_call};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// What a call is told that is none of ours, or no longer: nothing is said, and the line is closed.
const HANG_UP: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>"#;

/// Where the end of a call that was put through to a person of ours is posted.
const BRIDGED_PATH: &str = "/webhooks/twilio/voice/bridged";
/// How long they may talk, in seconds: less than what came of an attempt is waited for.
const BRIDGED_SECONDS: i64 = 45 * 60;

/// `POST /webhooks/twilio/voice`: a call is answered, by us or by whom we called. `?flow=` names the flow, `?language=` the
/// language; answered with TwiML.
pub async fn call(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (form, account) = verified(&app, &uri, &headers, &body, ours)?;
    let event = voice::began(&form)?;
    if let Some(attempt) = attempt(&uri) {
        let tenant = Tenant(account.tenant_id);
        let is_machine = event.heard == Heard::Began { machine: true };
        let by = (is_machine, voice::answered_by(&form));
        match outreach::call_taken(&app, tenant, attempt, &event.sid, by).await? {
            Taken::Flow => {}
            Taken::HangUp => return Ok(xml(HANG_UP.to_owned())),
            Taken::Bridge(number) => {
                let action = format!("{}{BRIDGED_PATH}?attempt={attempt}", app.base_url);
                return Ok(xml(voice::bridge(&number, &action, BRIDGED_SECONDS)));
            }
        }
    }
    take(&app, account, event, uri.query()).await
}

/// `POST /webhooks/twilio/voice/bridged?attempt=`: what became of a call that was put through to a person of ours. Where nobody took it,
/// whoever we called was left alone.
pub async fn bridged(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (form, account) = verified(&app, &uri, &headers, &body, ours)?;
    if let Some(attempt) = attempt(&uri).filter(|_| !voice::was_reached(&form)) {
        outreach::nobody_of_ours(&app, Tenant(account.tenant_id), attempt).await?;
    }
    Ok(xml(HANG_UP.to_owned()))
}

/// The attempt of a campaign that an address of ours names.
fn attempt(uri: &Uri) -> Option<i64> {
    voice::parameter(uri.query(), "attempt")?.parse().ok()
}

/// `POST /webhooks/twilio/voice/answer?turn=`: keys, speech, silence, or the end of a transfer; answered with TwiML.
pub async fn answer(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (form, account) = verified(&app, &uri, &headers, &body, ours)?;
    take(&app, account, voice::answered(&form, uri.query())?, uri.query()).await
}

/// `POST /webhooks/twilio/voice/status`: how a call fares. Only its end says anything.
pub async fn status(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (form, account) = verified(&app, &uri, &headers, &body, ours)?;
    if let Some(ended) = voice::ended(&form)? {
        if let Some(attempt) = attempt(&uri) {
            let (status, sip, seconds) = voice::fate(&form);
            let answered_by = voice::answered_by(&form);
            let over = CallOver { was_asked: false, sid: &ended.sid, status, sip, answered_by, seconds };
            outreach::call_over(&app, Tenant(account.tenant_id), attempt, &over).await?;
        }
        calls::ended(&app, account, ended).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /webhooks/twilio/voice/recording`: where a recording is kept.
pub async fn recording(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    // The form names no number of ours: the address, which is signed, says whose it is.
    let query = uri.query();
    let (form, account) = verified(&app, &uri, &headers, &body, |app, _| {
        voice::recording_account(query)
            .and_then(|id| {
                app.accounts.iter().find(|account| account.provider == "twilio" && account.id == id)
            })
            .map_or_else(|| account(app, ""), Ok)
    })?;
    if let Some(recording) = voice::recorded(&form, query)? {
        calls::recorded(&app, account.tenant_id, &recording).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The account a call's form is about.
fn ours<'a>(app: &'a App, form: &Form) -> Result<&'a AccountRow, Problem> {
    account(app, voice::our_number(form).unwrap_or_default())
}

/// Takes the turn and answers with its document.
async fn take(
    app: &App,
    account: &AccountRow,
    event: CallEvent,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let asked = |name: &str| voice::parameter(query, name);
    let begins = matches!(event.heard, Heard::Began { machine: false });
    let went_on_by = match begins && event.person.kind == IdentityKind::Phone {
        true => calls::went_on_by(app, account, &event.person).await?,
        false => None,
    };
    let request = |apart: bool| TurnRequest {
        tenant_id: account.tenant_id,
        account_id: account.id,
        channel: Channel::Voice,
        session: None,
        provider_id: Some(format!("{}:{}", event.sid, event.turn)),
        sender_name: event.name.clone(),
        confirm_consent: true,
        input: TurnInput::Call(CallTurn {
            sid: event.sid.clone(),
            turn: event.turn,
            heard: event.heard.clone(),
            flow: asked("flow"),
            language: asked("language"),
            transfer_to: app.config.voice.transfer_to.clone(),
            apart,
            went_on_by: went_on_by.filter(|_| !apart),
        }),
        identities: vec![if apart { Identity::call(&event.sid) } else { event.person.clone() }],
        encode: answer_call,
        sends: None,
    };
    // The address of an answer carries it on.
    let apart = asked("apart").is_some();
    let answered = match turns::submit(app, request(apart)).await {
        Err(TurnError::Engaged) => turns::submit(app, request(true)).await,
        answered => answered,
    };
    match answered {
        // A repeat so late that its document is no longer kept, or an answer after the end: nobody listens any more.
        Ok(answered) if answered.reply.is_empty() => Ok(xml(HANG_UP.to_owned())),
        Ok(answered) => Ok(xml(answered.reply.to_string())),
        Err(TurnError::UnknownCall) => Ok(xml(HANG_UP.to_owned())),
        Err(error) => Err(error.into()),
    }
}
