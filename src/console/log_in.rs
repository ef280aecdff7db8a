//! Logging in and out.

use super::guard::{LoggedIn, secret, sent_on};
use super::page::page;
use crate::api::problem::Problem;
use crate::app::App;
use crate::clock::{Millis, SECOND};
use crate::service::log_ins::{self, Peer, Refused};
use crate::service::users::PASSWORD;
use crate::store::log_ins::end;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use minijinja::context;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::Arc;

/// Where people come to who wanted nothing else.
const HOME: &str = "/account";

/// Where somebody wanted to go.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// What the form says.
#[derive(Debug, Deserialize)]
pub struct Credentials {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    next: String,
}

/// `GET /login`.
pub async fn show(Query(wanted): Query<Wanted>) -> Response {
    shown(StatusCode::OK, "", &wanted.next, None)
}

/// `POST /login`: begins a session, a new one in any case, and ends the one the browser had.
pub async fn enter(
    State(app): State<Arc<App>>,
    peer: Peer,
    headers: HeaderMap,
    Form(form): Form<Credentials>,
) -> Response {
    let begun = log_ins::log_in(&app, &form.email, form.password, &peer).await;
    match begun {
        Ok(begun) => match dropped(&app, &headers).await {
            Ok(()) => sent_on(&app, Some(&begun), local(&form.next)),
            Err(problem) => problem.into_response(),
        },
        Err(Refused::Wrong) => {
            let fault = "The address or the password is not right.";
            shown(StatusCode::UNPROCESSABLE_ENTITY, &form.email, &form.next, Some(fault))
        }
        Err(Refused::Wait(wait_ms)) => {
            let (seconds, fault) = waits(wait_ms);
            let mut response = shown(StatusCode::TOO_MANY_REQUESTS, &form.email, &form.next, Some(&fault));
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        Err(Refused::Store(error)) => Problem::from(error).into_response(),
    }
}

/// `POST /logout`: ends the session.
pub async fn leave(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    match dropped(&app, &headers).await {
        Ok(()) => sent_on(&app, None, "/login"),
        Err(problem) => problem.into_response(),
    }
}

/// Ends the session a browser has.
async fn dropped(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(secret) = secret(app, headers) else { return Ok(()) };
    if let Some(had) = log_ins::session(app, secret).await? {
        let had = LoggedIn(had);
        end(app.db.within(had.tenant()), had.0.user_id, had.0.id).await?;
    }
    Ok(())
}

/// After how many seconds somebody may try again whose tries failed, and the words for it.
pub fn waits(wait_ms: Millis) -> (i64, String) {
    let seconds = (wait_ms + SECOND - 1) / SECOND;
    (seconds, format!("Too many tries failed. Try again in {seconds} seconds."))
}

/// Why a password cannot be one.
pub fn unfit(password: &SecretString) -> Option<String> {
    let fits = PASSWORD.contains(&password.expose_secret().chars().count());
    (!fits).then(|| format!("The password must have {} to {} characters.", PASSWORD.start(), PASSWORD.end()))
}

fn shown(status: StatusCode, email: &str, next: &str, fault: Option<&str>) -> Response {
    page("log_in", status, context! { email, next, fault })
}

/// A path of ours to go on to, whatever the link said.
fn local(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_path && is_plain { next } else { HOME }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for ours in ["/account", "/leads?status=CONVERTED&x=//y"] {
            assert_eq!(local(ours), ours);
        }
        for theirs in
            ["", "https://a.example", "//a.example", "/\\a.example", "/a\r\nSet-Cookie: x", "account"]
        {
            assert_eq!(local(theirs), HOME, "{theirs:?}");
        }
    }
}
