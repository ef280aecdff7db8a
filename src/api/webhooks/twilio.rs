//! Webhooks of Twilio: verified over the raw form, answered with TwiML.

use crate::api::problem::Problem;
use crate::app::App;
use crate::channels::ChannelError;
use crate::channels::twilio::{self, Content, Form, send};
use crate::config::TwilioReplies;
use crate::domain::sending::Dispatch;
use crate::service::refusals;
use crate::service::statuses;
use crate::service::turns;
use crate::store::tenants::AccountRow;
use crate::turns::{Told, TurnInput, TurnRequest};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `POST /webhooks/twilio/messages`: an SMS, MMS or WhatsApp message through Twilio; answered with TwiML.
pub async fn messages(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (form, account) =
        verified(&app, &uri, &headers, &body, |app, form| account(app, form.raw("To").unwrap_or_default()))?;
    let token = headers.get(twilio::IDEMPOTENCY_HEADER).and_then(|value| value.to_str().ok());
    let inbound = twilio::inbound(&form, token)?;
    let signal = inbound.signal();
    let by_api = app.config.twilio.replies == TwilioReplies::Api;
    let request = TurnRequest {
        tenant_id: account.tenant_id,
        account_id: account.id,
        channel: inbound.channel,
        session: None,
        provider_id: Some(inbound.provider_id.clone()),
        sender_name: inbound.sender_name.clone(),
        confirm_consent: account.confirm_opt_out || !twilio::answers_itself(&inbound),
        input: TurnInput::Message { said: inbound.said, signal },
        identities: inbound.identities,
        encode: if by_api { nothing } else { twiml },
        sends: by_api.then_some(messages_of),
    };
    let answered = turns::submit(&app, request).await?;
    // A repeat so late that its reply is no longer kept says nothing once more.
    let reply = if answered.reply.is_empty() { twilio::EMPTY } else { &answered.reply };
    Ok(xml(reply.to_owned()))
}

/// The reply of a turn as TwiML, kept with the turn.
fn twiml(told: &Told<'_>) -> String {
    twilio::reply(told.says, told.request.channel, Some(&callback(told)))
}

/// The reply where the outbox sends what is said.
fn nothing(_: &Told<'_>) -> String {
    twilio::EMPTY.to_owned()
}

/// What the outbox sends of a turn.
fn messages_of(told: &Told<'_>) -> Vec<Dispatch> {
    let channel = told.request.channel;
    let to = twilio::address(channel, &told.request.identities);
    to.map(|to| send::dispatches(told.says, channel, &to, &callback(told))).unwrap_or_default()
}

/// Where Twilio reports what becomes of a turn's messages.
fn callback(told: &Told<'_>) -> String {
    twilio::callback_url(&format!("{}/webhooks/twilio/status", told.base_url), told.first)
}

/// `POST /webhooks/twilio/status`: what became of a message of ours.
pub async fn status(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (form, account) = verified(&app, &uri, &headers, &body, |app, form| {
        account(app, form.raw("From").unwrap_or_default())
    })?;
    let update = twilio::status(&form, uri.query())?;
    if twilio::is_refused(&update) {
        refusals::reported(&app, account.tenant_id, &update).await?;
    }
    statuses::record(&app, account.tenant_id, &update).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The form of a request that Twilio signed for our public address, and the account of ours it is about, found by `whose`.
pub(super) fn verified<'a>(
    app: &'a App,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
    whose: impl FnOnce(&'a App, &Form) -> Result<&'a AccountRow, Problem>,
) -> Result<(Form, &'a AccountRow), Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let form = Form::parse(content_type, body)?;
    let account = whose(app, &form)?;
    let verifier = app.verifiers.get(&account.secret_name).ok_or_else(|| {
        let name = &account.secret_name;
        Problem::not_configured(format!("set {name} (and PUBLIC_URL, the address Twilio calls) and restart"))
    })?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let signature = headers.get(twilio::SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    verifier.verify(&format!("{}{path}", app.base_url), Content::Form(form.pairs()), signature)?;
    Ok((form, account))
}

/// The account with this number, else the one that takes every number.
pub(super) fn account<'a>(app: &'a App, address: &str) -> Result<&'a AccountRow, Problem> {
    let named = |name: &str| {
        app.accounts.iter().find(|account| account.provider == "twilio" && account.address == name)
    };
    // A number that takes SMS and WhatsApp is one account.
    named(address.strip_prefix("whatsapp:").unwrap_or(address))
        .or_else(|| named("*"))
        .ok_or_else(|| Problem::not_found("no channel account has this number"))
}

/// A TwiML document.
pub(super) fn xml(body: String) -> Response {
    ([(header::CONTENT_TYPE, twilio::CONTENT_TYPE)], body).into_response()
}

impl From<ChannelError> for Problem {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::UnsupportedType => Problem::unsupported_type("application/x-www-form-urlencoded"),
            ChannelError::Malformed(what) => Problem::malformed(what),
            ChannelError::MissingSignature => {
                Problem::bad_signature("the header X-Twilio-Signature is missing; only Twilio may post here")
            }
            ChannelError::BadSignature => Problem::bad_signature(
                "X-Twilio-Signature does not match; check that TWILIO_AUTH_TOKEN is the account's and PUBLIC_URL is exactly what Twilio calls",
            ),
        }
    }
}
