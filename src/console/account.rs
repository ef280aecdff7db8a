//! One's own account: who one is here, the password, and where one is logged in.

use super::guard::LoggedIn;
use super::log_in::{unfit, waits};
use super::page::{minute, page};
use crate::api::problem::Problem;
use crate::app::App;
use crate::domain::access::{Right, Role};
use crate::service::lifecycle::Actor;
use crate::service::log_ins::{self, Peer, Refused};
use crate::service::users::{self, By, PASSWORD};
use crate::store::log_ins as sessions;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::context;
use secrecy::SecretString;
use serde::Deserialize;
use std::sync::Arc;

/// `GET /account`.
pub async fn show(State(app): State<Arc<App>>, me: LoggedIn) -> Result<Response, Problem> {
    shown(&app, &me, StatusCode::OK, None, None).await
}

/// A new password, and the one they have: whoever finds a browser open must not keep its owner out.
#[derive(Debug, Deserialize)]
pub struct Passwords {
    #[serde(default)]
    current: SecretString,
    #[serde(default)]
    new: SecretString,
}

/// `POST /account/password`: sets it; all other sessions end.
pub async fn set_password(
    State(app): State<Arc<App>>,
    me: LoggedIn,
    peer: Peer,
    Form(form): Form<Passwords>,
) -> Result<Response, Problem> {
    let refused =
        async |fault: &str| shown(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(fault), None).await;
    if let Some(fault) = unfit(&form.new) {
        return refused(&fault).await;
    }
    let user = match log_ins::checked(&app, &me.0.email, form.current, peer.subscriber).await {
        Ok(user) => user,
        Err(Refused::Wrong) => return refused("The current password is not right.").await,
        Err(Refused::Wait(wait_ms)) => return refused(&waits(wait_ms).1).await,
        Err(Refused::Store(error)) => return Err(error.into()),
    };
    let hash = log_ins::hashed(form.new).await.ok_or_else(Problem::internal)?;
    let actor = Actor { user_id: Some(user.id), program: "account page".to_owned() };
    let now = app.clock.now();
    let by = By { actor: &actor, entry: app.ids.next(now), now };
    users::set_password(&app.db, me.tenant(), &user, (&hash, me.0.id), by).await?;
    shown(&app, &me, StatusCode::OK, None, Some("Your password is changed; your other sessions have ended."))
        .await
}

/// `POST /account/sessions/{id}/end`.
pub async fn end_one(
    State(app): State<Arc<App>>,
    me: LoggedIn,
    Path(id): Path<i64>,
) -> Result<Response, Problem> {
    sessions::end(app.db.within(me.tenant()), me.0.user_id, id).await?;
    Ok(Redirect::to("/account").into_response())
}

/// `POST /account/sessions/end-others`.
pub async fn end_others(State(app): State<Arc<App>>, me: LoggedIn) -> Result<Response, Problem> {
    sessions::end_all(app.db.within(me.tenant()), me.0.user_id, me.0.id).await?;
    Ok(Redirect::to("/account").into_response())
}

async fn shown(
    app: &App,
    me: &LoggedIn,
    status: StatusCode,
    fault: Option<&str>,
    done: Option<&str>,
) -> Result<Response, Problem> {
    let zone = app.center(me.0.tenant_id).zone.clone();
    let all = log_ins::of_user(&app.db, me.tenant(), me.0.user_id, app.clock.now()).await?;
    let sessions: Vec<_> = all
        .iter()
        .map(|session| {
            context! {
                id => session.id,
                begun => minute(session.created_at, &zone),
                used => minute(session.used_at, &zone),
                address => session.address.clone(),
                agent => session.agent.clone(),
                is_this => session.id == me.0.id,
            }
        })
        .collect();
    let role = Role::parse(&me.0.role);
    let rights: Vec<&str> =
        Right::all().filter(|right| role.is_some_and(|role| role.has(*right))).map(Right::words).collect();
    let center =
        app.tenants.iter().find(|tenant| tenant.id == me.0.tenant_id).map(|tenant| tenant.name.clone());
    Ok(page(
        "account",
        status,
        context! {
            name => me.0.name.clone(), email => me.0.email.clone(), role => me.0.role.clone(), center, rights, sessions,
            fault, done, least => PASSWORD.start(), most => PASSWORD.end(),
        },
    ))
}
