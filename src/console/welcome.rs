//! The page behind a link by which somebody chooses a password: the first administrator of a new server, or whoever was sent one.

use super::guard::sent_on;
use super::log_in::unfit;
use super::page::{page, told};
use crate::api::problem::Problem;
use crate::app::App;
use crate::domain::access::Tenant;
use crate::service::invitations::{self, Newcomer};
use crate::service::log_ins::{self, Peer, Refused};
use crate::service::users::{self, PASSWORD};
use crate::store::invitations::Invitation;
use crate::store::users as store;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use minijinja::context;
use secrecy::SecretString;
use serde::Deserialize;
use std::sync::Arc;

/// What the form says.
#[derive(Debug, Default, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: SecretString,
}

/// `GET /welcome/{secret}`: changes nothing, because scanners and previews follow links.
pub async fn show(State(app): State<Arc<App>>, Path(secret): Path<String>) -> Response {
    match invitations::find(&app, &secret).await {
        Ok(Some(invitation)) => shown(&app, &invitation, &Chosen::default(), &[]).await,
        Ok(None) => no_link(),
        Err(error) => Problem::from(error).into_response(),
    }
}

/// `POST /welcome/{secret}`: sets the password, and logs in.
pub async fn accept(
    State(app): State<Arc<App>>,
    peer: Peer,
    Path(secret): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Response {
    let invitation = match invitations::find(&app, &secret).await {
        Ok(Some(invitation)) => invitation,
        Ok(None) => return no_link(),
        Err(error) => return Problem::from(error).into_response(),
    };
    let faults = faults(&invitation, &chosen);
    if !faults.is_empty() {
        return shown(&app, &invitation, &chosen, &faults).await;
    }
    match accepted(&app, &peer, &invitation, chosen).await {
        Ok(Some(begun)) => sent_on(&app, Some(&begun), "/account"),
        Ok(None) => no_link(),
        Err(problem) => problem.into_response(),
    }
}

async fn accepted(
    app: &App,
    peer: &Peer,
    invitation: &Invitation,
    chosen: Chosen,
) -> Result<Option<String>, Problem> {
    let hash = log_ins::hashed(chosen.password).await.ok_or_else(Problem::internal)?;
    let newcomer =
        Newcomer { email: chosen.email.trim().to_lowercase(), name: chosen.name.trim().to_owned() };
    let Some(user) = invitations::accept(app, invitation, newcomer, &hash).await? else { return Ok(None) };
    match log_ins::begin(app, &user, peer).await {
        Ok(secret) => Ok(Some(secret)),
        Err(Refused::Store(error)) => Err(error.into()),
        Err(Refused::Wrong | Refused::Wait(_)) => Ok(None),
    }
}

fn faults(invitation: &Invitation, chosen: &Chosen) -> Vec<String> {
    let mut faults = Vec::new();
    if invitation.user_id.is_none() {
        if !(1..=200).contains(&chosen.name.trim().chars().count()) {
            faults.push("Please say who you are.".to_owned());
        }
        if !users::is_address(chosen.email.trim()) {
            faults.push("This is no e-mail address.".to_owned());
        }
    }
    faults.extend(unfit(&chosen.password));
    faults
}

async fn shown(app: &App, invitation: &Invitation, chosen: &Chosen, faults: &[String]) -> Response {
    let whose = match invitation.user_id {
        None => None,
        Some(id) => match store::find(app.db.within(Tenant(invitation.tenant_id)), id).await {
            Ok(Some(user)) => Some(user.email),
            Ok(None) => return no_link(),
            Err(error) => return Problem::from(error).into_response(),
        },
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (least, most) = (PASSWORD.start(), PASSWORD.end());
    let Chosen { name, email, .. } = chosen;
    page("welcome", status, context! { whose, faults => faults.to_vec(), least, most, name, email })
}

fn no_link() -> Response {
    told(
        StatusCode::NOT_FOUND,
        "This link does not hold, or no longer. An administrator makes a new one with `leadwire user link`; a server where nobody \
         works yet prints one when it starts.",
    )
}
