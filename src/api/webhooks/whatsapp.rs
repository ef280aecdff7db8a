//! Webhooks of WhatsApp's Cloud API: answered by the status alone, once everything is stored; replies go out afterwards.

use crate::api::problem::Problem;
use crate::app::App;
use crate::channels::ChannelError;
use crate::channels::whatsapp::{self, LARGEST_WEBHOOK, SIGNATURE_HEADER};
use crate::service::whatsapp as service;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use std::sync::Arc;

/// `GET /webhooks/whatsapp`: Meta asks whether the webhook is ours; it is answered with its own challenge.
pub async fn handshake(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let Some(token) = &app.config.whatsapp.verify_token else { return Err(unset("WHATSAPP_VERIFY_TOKEN")) };
    let challenge = whatsapp::handshake(uri.query().unwrap_or_default(), token.expose_secret());
    let challenge = challenge.map_err(|error| match error {
        ChannelError::Malformed(what) => Problem::malformed(what),
        _ => Problem::bad_signature(
            "hub.mode must be subscribe and hub.verify_token what WHATSAPP_VERIFY_TOKEN is",
        ),
    })?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response())
}

/// `POST /webhooks/whatsapp`: messages, statuses and more, all of one body. 200 once all of it is stored; otherwise Meta
/// posts it again, and what was stored stays as it is.
pub async fn events(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    // Accounts of leadwire.toml have secrets and tokens of their own.
    let listed = app.config.file.accounts.iter().any(|account| account.provider == service::PROVIDER);
    if let (Some(variable), false) = (app.config.whatsapp.missing(), listed) {
        return Err(unset(variable));
    }
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(LARGEST_WEBHOOK),
        _ => Problem::malformed("the body broke off"),
    })?;
    let signed_with = signers(&app, &headers, &body)?;
    let events = whatsapp::events(&body).map_err(refused)?;
    service::take(&app, events, &signed_with).await?;
    Ok(StatusCode::OK)
}

/// The names of the secrets that signed these bytes: one, unless several accounts share a secret.
fn signers<'a>(app: &'a App, headers: &HeaderMap, body: &[u8]) -> Result<Vec<&'a str>, Problem> {
    let signature = headers.get(SIGNATURE_HEADER).map(|value| value.to_str().unwrap_or("?"));
    let mut refusal = ChannelError::BadSignature;
    let mut names = Vec::new();
    for (name, verifier) in &app.whatsapp_verifiers {
        match verifier.verify(body, signature) {
            Ok(()) => names.push(name.as_str()),
            Err(error) => refusal = error,
        }
    }
    if names.is_empty() { Err(refused(refusal)) } else { Ok(names) }
}

fn unset(variable: &str) -> Problem {
    Problem::not_configured(format!("set {variable} and restart; .env.example says where Meta shows it"))
}

fn refused(error: ChannelError) -> Problem {
    match error {
        ChannelError::MissingSignature => {
            Problem::unsigned("the header X-Hub-Signature-256 is missing; only Meta may post here")
        }
        ChannelError::BadSignature => Problem::bad_signature(
            "X-Hub-Signature-256 does not match; check that WHATSAPP_APP_SECRET is the app's, and that nothing between Meta and us changes the body",
        ),
        ChannelError::Malformed(what) => Problem::malformed(what),
        ChannelError::UnsupportedType => Problem::unsupported_type("application/json"),
    }
}
