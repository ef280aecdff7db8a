//! Webhooks of providers: verify over the raw bytes, parse, take the turn, answer in the provider's own form.

use super::problem::Problem;
use crate::app::App;
use crate::channels::twilio::{self, Content, Form};
use crate::channels::{self, ChannelError, StatusUpdate};
use crate::config::TwilioSecret;
use crate::service::statuses;
use crate::service::turns::{self, Told, TurnInput, TurnRequest};
use crate::store::tenants::AccountRow;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `POST /webhooks/twilio/messages`: an SMS, MMS or WhatsApp message through Twilio; answered with TwiML.
pub async fn messages(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let form = verified(&app, &uri, &headers, &body)?;
    let inbound = twilio::inbound(&form)?;
    let account = account(&app, &inbound.account_address)?;
    let signal = inbound.signal();
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
        encode: twiml,
    };
    let answered = turns::submit(&app, request).await?;
    Ok(xml(answered.reply.to_string()))
}

/// The reply of a turn as TwiML, kept with the turn.
fn twiml(told: &Told<'_>) -> String {
    twilio::reply(told.says, told.request.channel, told.status_callback.as_deref())
}

/// `POST /webhooks/twilio/status`: what became of a message of ours.
pub async fn status(
    State(app): State<Arc<App>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let form = verified(&app, &uri, &headers, &body)?;
    let update: StatusUpdate = twilio::status(&form, uri.query())?;
    statuses::record(&app, &update).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The form of a request that Twilio signed for our public address.
fn verified(app: &App, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<Form, Problem> {
    if matches!(app.config.twilio.secret, TwilioSecret::Missing) {
        return Err(Problem::not_configured(
            "set TWILIO_AUTH_TOKEN (and PUBLIC_URL, the address Twilio calls) and restart",
        ));
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let form = Form::parse(content_type, body)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", app.base_url);
    let signature = headers.get(twilio::SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    app.twilio.verify(&url, Content::Form(form.pairs()), signature)?;
    Ok(form)
}

/// The account a message came to: its own row, else the one that takes every number.
fn account<'a>(app: &'a App, address: &str) -> Result<&'a AccountRow, Problem> {
    let named = |name: &str| app.accounts.iter().find(|account| account.provider == "twilio" && account.address == name);
    named(address)
        .or_else(|| named("*"))
        .ok_or_else(|| Problem::not_found("no channel account has this number"))
}

fn xml(body: String) -> Response {
    ([(header::CONTENT_TYPE, twilio::CONTENT_TYPE)], body).into_response()
}

impl From<ChannelError> for Problem {
    fn from(error: ChannelError) -> Self {
        match error {
            channels::ChannelError::UnsupportedType => Problem::unsupported_type("application/x-www-form-urlencoded"),
            channels::ChannelError::Malformed(what) => Problem::malformed(what),
            channels::ChannelError::MissingSignature => {
                Problem::bad_signature("the header X-Twilio-Signature is missing; only Twilio may post here")
            }
            channels::ChannelError::BadSignature => Problem::bad_signature(
                "X-Twilio-Signature does not match; check that TWILIO_AUTH_TOKEN is the account's and PUBLIC_URL is exactly what Twilio calls",
            ),
        }
    }
}
