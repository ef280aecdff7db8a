//! What handlers are given: bodies, session ids and tokens that were checked, or else a problem.

use super::Api;
use super::json;
use super::limits::Limits;
use super::problem::Problem;
use crate::domain::text::clean;
use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The header by which a client makes repeating safe.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest such key.
const LONGEST_KEY: usize = 255;

/// The id of a chat session: the only credential, 32 lower-case hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionId(String);

impl SessionId {
    /// Reads an id.
    ///
    /// # Errors
    /// 404: what cannot be an id names no session.
    pub fn parse(text: &str) -> Result<SessionId, Problem> {
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() == 32 && is_hex {
            Ok(SessionId(text.to_owned()))
        } else {
            Err(Problem::unknown_session())
        }
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session id in the path; the request was counted against the session's limit.
#[derive(Debug)]
pub struct Session(pub SessionId);

impl FromRequestParts<Api> for Session {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, api).await;
        let Path(text) = path.map_err(|_| Problem::unknown_session())?;
        let id = SessionId::parse(&text)?;
        Arc::<Limits>::from_ref(api).session(id.as_str())?;
        Ok(Session(id))
    }
}

/// What a body asks.
pub trait Asked: DeserializeOwned {
    /// The session it is about, if it names one.
    fn session(&self) -> Option<&str>;

    /// What no body at all means; `None`: there must be one.
    fn nothing() -> Option<Self> {
        None
    }
}

/// A JSON body of at most [`super::LARGEST_BODY`] bytes, with the session it names; counted against the session's limit.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: Asked> FromRequest<Api> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let is_json = content_type(request.headers());
        let bytes = whole(request, api).await?;
        if let (true, Some(nothing)) = (matches!(bytes.trim_ascii(), b"" | b"null"), T::nothing()) {
            return Ok(Body(nothing));
        }
        if !is_json {
            return Err(Problem::unsupported_type("application/json"));
        }
        let body: T = json::read(&bytes)?;
        if let Some(id) = body.session() {
            Arc::<Limits>::from_ref(api).session(SessionId::parse(id)?.as_str())?;
        }
        Ok(Body(body))
    }
}

/// The bytes of a body that says it is JSON, of at most [`super::LARGEST_BODY`].
///
/// # Errors
/// 413, 415, or 400 where it broke off.
pub async fn bytes_of(request: Request, api: &Api) -> Result<Bytes, Problem> {
    let is_json = content_type(request.headers());
    let bytes = whole(request, api).await?;
    if is_json { Ok(bytes) } else { Err(Problem::unsupported_type("application/json")) }
}

async fn whole(request: Request, api: &Api) -> Result<Bytes, Problem> {
    Bytes::from_request(request, api).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(super::LARGEST_BODY),
        _ => Problem::malformed("the body broke off"),
    })
}

/// Whether a body says that it is JSON.
fn content_type(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The `Idempotency-Key` of a request, where it has one.
#[derive(Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequestParts<Api> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_KEY) else { return Ok(IdempotencyKey(None)) };
        let key = value.to_str().map(str::trim).unwrap_or_default();
        if !(1..=LONGEST_KEY).contains(&key.len()) {
            let detail = format!("Idempotency-Key must be 1 to {LONGEST_KEY} visible ASCII characters");
            return Err(Problem::malformed(detail));
        }
        Ok(IdempotencyKey(Some(key.to_owned())))
    }
}

/// The token of a request.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Text from outside: without control characters, trimmed, and as it was sent of a length (in characters) that is allowed.
///
/// # Errors
/// 400 that points at the field; 422 where nothing was left of it.
pub fn text(pointer: &str, text: &str, length: RangeInclusive<usize>) -> Result<String, Problem> {
    let (kept, sent) = (clean(text).trim().to_owned(), text.chars().count());
    if sent <= *length.end() && length.contains(&kept.chars().count()) {
        return Ok(kept);
    }
    let detail = format!("must be {} to {} characters", length.start(), length.end());
    let problem = Problem::invalid(pointer, detail);
    Err(if length.contains(&sent) { problem.for_its_meaning() } else { problem })
}

/// As [`text`], where the field may be left out; empty counts as left out.
///
/// # Errors
/// As [`text`].
pub fn optional_text(pointer: &str, given: Option<&str>, most: usize) -> Result<Option<String>, Problem> {
    let kept = given.map(|given| text(pointer, given, 0..=most)).transpose()?;
    Ok(kept.filter(|kept| !kept.is_empty()))
}

/// A reply that was written as JSON already.
#[derive(Debug)]
pub struct Written(pub Arc<str>);

impl IntoResponse for Written {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0.to_string()).into_response()
    }
}

/// An instant as APIs write it: RFC 3339, UTC.
pub fn rfc3339(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_string()
}
