//! A request's id: in the answer's `x-request-id`, in the logs, and as `instance` of its problem.

use super::problem::Problem;
use crate::app::App;
use crate::ids;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tracing::Instrument;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken from a proxy.
const LONGEST: usize = 64;

/// Middleware, around everything else: names the request, and gives every refusal the form of a problem that carries the
/// name. Paths are logged as routes only: the path of a session is its credential.
pub async fn name(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let given = app.config.chat.trust_proxy.then(|| given(request.headers())).flatten();
    let id = given.unwrap_or_else(ids::request);
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let span =
        tracing::info_span!("request", request.id = id, http.method = %request.method(), http.route = route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.in_scope(|| tracing::debug!(http.status = status.as_u16(), "answered"));
    if let Some(problem) = refusal(&mut response) {
        let named = Problem { instance: Some(format!("urn:leadwire:request:{id}")), ..problem };
        let (parts, body) = named.into_response().into_parts();
        *response.body_mut() = body;
        response.headers_mut().remove(header::CONTENT_LENGTH);
        for (name, value) in &parts.headers {
            response.headers_mut().insert(name, value.clone());
        }
    }
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// The id a proxy gave, if it is one.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(HEADER)?.to_str().ok()?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    ((1..=LONGEST).contains(&id.len()) && plain).then(|| id.to_owned())
}

/// The problem of a refusal. The framework's own refusals are plain text; they become problems too.
fn refusal(response: &mut Response) -> Option<Problem> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return Some(problem);
    }
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let plain = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    ((status.is_client_error() || status.is_server_error()) && plain).then(|| Problem::of(status))
}
