//! The page of one lead, for whoever was told of it: a signed link opens it, and a form on it claims the lead.
//!
//! A GET changes nothing, because mail scanners and previews follow links; only the form's POST claims.

use super::page::{minute, page, told};
use crate::api::problem::Problem;
use crate::app::App;
use crate::service::claims::{self, Claimed, Shown};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::context;
use serde::Deserialize;
use std::sync::Arc;

/// What the form says.
#[derive(Debug, Deserialize)]
pub struct Claimant {
    #[serde(default)]
    name: String,
}

/// `GET /leads/{pass}` and `GET /leads/{pass}/claim`: shows the lead.
pub async fn show(State(app): State<Arc<App>>, Path(text): Path<String>) -> Response {
    shown(&app, &text, None).await
}

/// `POST /leads/{pass}/claim`: claims it, and shows it.
pub async fn claim(
    State(app): State<Arc<App>>,
    Path(text): Path<String>,
    Form(claimant): Form<Claimant>,
) -> Response {
    let Some(pass) = claims::pass(&app, &text) else { return no_pass() };
    match claims::claim(&app, pass, &claimant.name).await {
        // What is reloaded then is a GET.
        Ok(Claimed::Now | Claimed::Before) => Redirect::to(&format!("/leads/{text}")).into_response(),
        Ok(Claimed::Nameless) => shown(&app, &text, Some("Please say who you are.")).await,
        Err(error) => {
            tracing::error!("a lead could not be claimed: {}", error.chain());
            Problem::internal().into_response()
        }
    }
}

async fn shown(app: &App, text: &str, fault: Option<&str>) -> Response {
    let Some(pass) = claims::pass(app, text) else { return no_pass() };
    match claims::show(app, pass).await {
        Ok(Some(shown)) => {
            let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let zone = app.center(pass.tenant_id).zone.clone();
            page("lead", status, lead(&shown, &zone, &format!("/leads/{text}/claim"), fault))
        }
        Ok(None) => told(StatusCode::GONE, "This lead is no longer here."),
        Err(error) => {
            tracing::error!("a lead could not be shown: {}", error.chain());
            Problem::internal().into_response()
        }
    }
}

fn no_pass() -> Response {
    told(
        StatusCode::NOT_FOUND,
        "This link does not hold, or no longer. The next message about the lead has a new one.",
    )
}

fn lead(shown: &Shown, zone: &jiff::tz::TimeZone, action: &str, fault: Option<&str>) -> minijinja::Value {
    let lead = &shown.lead;
    let time = |at: i64| minute(at, zone);
    let who = [&lead.name, &lead.sender_name, &lead.phone, &lead.email].into_iter().flatten().next().cloned();
    let mut facts = vec![
        ("Phone", lead.phone.clone().unwrap_or_default()),
        ("E-mail", lead.email.clone().unwrap_or_default()),
        ("Channel", lead.channel.clone()),
        ("Source", lead.source.clone().unwrap_or_default()),
        ("Last said", lead.last_message.clone().unwrap_or_default()),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    let lines: Vec<_> = shown
        .transcript
        .iter()
        .filter(|line| !line.body.is_empty())
        .map(|line| context! { body => line.body.clone(), theirs => line.direction == "in", at => time(line.created_at) })
        .collect();
    let facts: Vec<_> = facts.into_iter().map(|(label, value)| context! { label, value }).collect();
    context! {
        who => who,
        class => lead.class.clone(),
        score => lead.score,
        facts => facts,
        lines => lines,
        action => action.to_owned(),
        fault => fault.map(str::to_owned),
        claimed_by => lead.claimed_by.clone(),
        claimed_at => lead.claimed_at.map(time),
    }
}
