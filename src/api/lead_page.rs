//! The page of one lead, for whoever was told of it: a signed link opens it, and a form on it claims the lead.
//!
//! A GET changes nothing, because mail scanners and previews follow links; only the form's POST claims.

use super::problem::Problem;
use crate::app::App;
use crate::service::claims::{self, Claimed, Shown};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use minijinja::{AutoEscape, Environment, context};
use serde::Deserialize;
use std::sync::{Arc, LazyLock};

const PAGE: &str = include_str!("assets/lead.html");
const STYLE: &str = include_str!("assets/lead.css");
/// Nothing but our own style, and the form's own address.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // People's words are on this page.
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("lead", PAGE).expect("the page is part of the program, and a test renders it");
    environment
});

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

/// `GET /lead.css`.
pub async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")], STYLE)
        .into_response()
}

async fn shown(app: &App, text: &str, fault: Option<&str>) -> Response {
    let Some(pass) = claims::pass(app, text) else { return no_pass() };
    match claims::show(app, pass).await {
        Ok(Some(shown)) => {
            let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let zone = app.zones.get(&pass.tenant_id).cloned().unwrap_or(jiff::tz::TimeZone::UTC);
            page(status, lead(&shown, &zone, &format!("/leads/{text}/claim"), fault))
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

fn told(status: StatusCode, words: &str) -> Response {
    page(status, context! { words })
}

fn lead(shown: &Shown, zone: &jiff::tz::TimeZone, action: &str, fault: Option<&str>) -> minijinja::Value {
    let lead = &shown.lead;
    let time = |at: i64| {
        jiff::Timestamp::from_millisecond(at)
            .map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string())
            .unwrap_or_default()
    };
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

fn page(status: StatusCode, context: minijinja::Value) -> Response {
    let rendered = TEMPLATES.get_template("lead").and_then(|template| template.render(context));
    let Ok(html) = rendered else { return Problem::internal().into_response() };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    (status, headers, html).into_response()
}
