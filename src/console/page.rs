//! How pages are made: a template, what stands in it, and headers that let it do nothing but show and send its own forms.

use crate::api::problem::Problem;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use minijinja::{AutoEscape, Environment, Value, context};
use std::sync::LazyLock;

const STYLE: &str = include_str!("static/page.css");
/// Nothing but our own style, and forms to ourselves.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
const TEMPLATES: [(&str, &str); 6] = [
    ("layout", include_str!("templates/layout.html")),
    ("told", include_str!("templates/told.html")),
    ("lead", include_str!("templates/lead.html")),
    ("log_in", include_str!("templates/log_in.html")),
    ("welcome", include_str!("templates/welcome.html")),
    ("account", include_str!("templates/account.html")),
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // People's words are on these pages.
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    for (name, template) in TEMPLATES {
        environment
            .add_template(name, template)
            .expect("templates are part of the program, and a test renders each");
    }
    environment
});

/// A page of this template.
pub fn page(template: &str, status: StatusCode, context: Value) -> Response {
    let rendered = ENVIRONMENT.get_template(template).and_then(|template| template.render(context));
    let html = match rendered {
        Ok(html) => html,
        Err(error) => {
            tracing::error!("the page {template} cannot be made: {error}");
            return Problem::internal().into_response();
        }
    };
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    // Without any, browsers call the origin of a form `null`.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    (status, headers, html).into_response()
}

/// A page of a few words.
pub fn told(status: StatusCode, words: &str) -> Response {
    page("told", status, context! { words })
}

/// `GET /page.css`.
pub async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=3600")], STYLE)
        .into_response()
}

/// An instant on the clock of a place, to the minute.
pub fn minute(at: i64, zone: &jiff::tz::TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at)
        .map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}
