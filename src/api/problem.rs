//! The one error that leaves the API: RFC 9457 problem details.

use crate::turns::TurnError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A problem as `application/problem+json`. 4xx say what to change; 5xx never show their cause, which is logged.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Stable name of the kind of problem; written as a URI reference, `/problems/unknown-session`.
    #[serde(rename = "type", serialize_with = "as_uri")]
    pub kind: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened here and what to do.
    pub detail: String,
    /// The request's id, as in the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Fields that are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What refusals of changes to leads say beside; apart, because most say nothing of it.
    #[serde(flatten)]
    pub conflict: Option<Box<Conflict>>,
    /// Seconds after which to try again.
    #[serde(skip)]
    pub retry_after: Option<u16>,
}

/// Why something cannot be changed now.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Conflict {
    /// What is possible instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// The version a thing is at that somebody else changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// What they did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub changes: Vec<serde_json::Value>,
    /// What stands in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<String>,
}

/// A field that is wrong.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON pointer into the request's body.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Problem {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            instance: None,
            errors: Vec::new(),
            conflict: None,
            retry_after: None,
        }
    }

    /// A refusal of which only the status is known.
    pub fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::METHOD_NOT_ALLOWED => Problem::method_not_allowed(),
            StatusCode::NOT_FOUND => {
                Problem::not_found("nothing answers at this path; /docs lists what does")
            }
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(super::LARGEST_BODY),
            StatusCode::REQUEST_TIMEOUT => {
                let detail =
                    "the request took too long; what it asked may have been done, so repeat it with its key";
                Problem::new(status, "timeout", "The request took too long", detail)
            }
            status if status.is_server_error() => Problem::internal(),
            status => {
                let problem =
                    Problem::malformed("the request cannot be used; /docs says what is expected here");
                Problem { status: status.as_u16(), ..problem }
            }
        }
    }

    /// 400: the request cannot be read.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read", detail)
    }

    /// 403: not signed by whom it says it is from.
    pub fn bad_signature(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::FORBIDDEN, "bad-signature", "The request is not signed correctly", detail)
    }

    /// 401: not signed at all.
    pub fn unsigned(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::UNAUTHORIZED, "unsigned", "The request is not signed", detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing", detail)
    }

    /// 415.
    pub fn unsupported_type(wanted: &str) -> Self {
        let detail = format!("send the body as {wanted}");
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-type",
            "The body is of another type",
            detail,
        )
    }

    /// 400: a field of the body is wrong; `pointer` is its JSON pointer.
    pub fn invalid(pointer: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let of_all = pointer.is_empty();
        let problem =
            Problem::malformed(if of_all { detail.clone() } else { format!("{pointer}: {detail}") });
        Problem { errors: vec![FieldError { pointer: pointer.to_owned(), detail }], ..problem }
    }

    /// 400: several fields of the body are wrong.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let told: Vec<String> =
            errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail)).collect();
        Problem { errors, ..Problem::malformed(told.join("; ")) }
    }

    /// 422: what can be read is refused for what it means: there is no such day, nobody with this id works here, one field does not go with
    /// another.
    pub fn refused(detail: impl Into<String>) -> Self {
        Problem::malformed(detail).for_its_meaning()
    }

    /// The same wrong fields, refused for what they mean.
    pub fn for_its_meaning(self) -> Self {
        let title = "The request asks for what is not possible";
        Problem { kind: "unprocessable", title, status: StatusCode::UNPROCESSABLE_ENTITY.as_u16(), ..self }
    }

    /// 403: known, and not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", "This is not allowed to you", detail)
    }

    /// 409: the lead's status does not allow it; `allowed`: what it does allow.
    pub fn not_possible(detail: impl Into<String>, allowed: Vec<String>) -> Self {
        let problem = Problem::new(StatusCode::CONFLICT, "not-possible", "This is not possible now", detail);
        Problem { conflict: Some(Box::new(Conflict { allowed, ..Conflict::default() })), ..problem }
    }

    /// 409: it was changed since the version that was named.
    pub fn stale(version: i64, changes: Vec<serde_json::Value>) -> Self {
        let detail =
            format!("it is at version {version} by now; read it again, and say what you want of that");
        let problem = Problem::new(StatusCode::CONFLICT, "stale", "Somebody else changed it", detail);
        let conflict = Conflict { changes, version: Some(version), ..Conflict::default() };
        Problem { conflict: Some(Box::new(conflict)), ..problem }
    }

    /// 409: it could do nothing as it is; `blockers`: why.
    pub fn blocked(blockers: Vec<String>) -> Self {
        let detail = format!("it cannot be started: {}", blockers.join("; "));
        let problem = Problem::new(StatusCode::CONFLICT, "blocked", "Something stands in the way", detail);
        Problem { conflict: Some(Box::new(Conflict { blockers, ..Conflict::default() })), ..problem }
    }

    /// 409: a message that came again, so late that its reply is no longer kept.
    pub fn answered_long_ago() -> Self {
        let detail =
            "this Idempotency-Key was answered long ago and the reply is no longer kept; nothing was changed";
        Problem::new(StatusCode::CONFLICT, "answered-long-ago", "This was answered long ago", detail)
    }

    /// 422: a field of the body can be read and is refused all the same; `pointer` is its JSON pointer.
    pub fn unprocessable(pointer: &str, detail: impl Into<String>) -> Self {
        Problem::invalid(pointer, detail).for_its_meaning()
    }

    /// 401: no token, or one that is not good.
    pub fn unauthorized() -> Self {
        let detail = "send Authorization: Bearer and ADMIN_TOKEN, or a token made by `leadwire token create`";
        Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "A token is needed", detail)
    }

    /// 404: a chat session that is not there, or whose id cannot be one.
    pub fn unknown_session() -> Self {
        let detail = "there is no such session; start one with POST /api/session/start";
        Problem::new(StatusCode::NOT_FOUND, "unknown-session", "There is no such session", detail)
    }

    /// 405.
    pub fn method_not_allowed() -> Self {
        let detail = "this path answers other methods; the header Allow names them";
        Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "The method is not for this path",
            detail,
        )
    }

    /// 413.
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("send at most {limit} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large", detail)
    }

    /// 429.
    pub fn too_many(detail: impl Into<String>, retry_after: u32) -> Self {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many requests", detail);
        Problem { retry_after: Some(u16::try_from(retry_after).unwrap_or(u16::MAX)), ..problem }
    }

    /// 503: a channel or page that needs configuration.
    pub fn not_configured(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-configured", "This is not configured", detail)
    }

    /// 503: come again.
    pub fn busy(detail: impl Into<String>, retry_after: u32) -> Self {
        let problem =
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server cannot take this now", detail);
        Problem { retry_after: Some(u16::try_from(retry_after).unwrap_or(u16::MAX)), ..problem }
    }

    /// 500: our fault; the cause is in the log under the request's id.
    pub fn internal() -> Self {
        let detail = "something failed here; the log says what, under this request's id";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The server failed", detail)
    }
}

fn as_uri<S: serde::Serializer>(kind: &&'static str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("/problems/{kind}"))
}

impl From<TurnError> for Problem {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Busy => Problem::busy("too many messages are waiting; try again shortly", 1),
            TurnError::Closing => Problem::busy("the server is restarting; try again shortly", 2),
            TurnError::UnknownSession => Problem::unknown_session(),
            TurnError::UnknownQuestion(_) => Problem::unprocessable("/question_id", error.to_string()),
            TurnError::NotAsked(_) => Problem::new(
                StatusCode::CONFLICT,
                "not-asked",
                "This question is not open",
                format!("{error}; GET /api/session/{{session_id}} names the one that is"),
            ),
            TurnError::NoFlow(_) => Problem::not_configured(format!(
                "{error}; add a flow with `default = true` and this channel in `[start]`, then see `leadwire flow check`"
            )),
            TurnError::UnknownFlow(_) | TurnError::UnknownExperiment(_) | TurnError::UnknownCall => {
                Problem::not_found(error.to_string())
            }
            TurnError::NoRoom(detail) => Problem::unprocessable("/profile_data", detail),
            TurnError::Engaged | TurnError::Contended => {
                Problem::busy("this conversation is being changed by others; try again", 1)
            }
            TurnError::Store(cause) if cause.is_passing() => {
                Problem::busy("the database does not answer; nothing was stored, try again", 5)
            }
            TurnError::Store(_) | TurnError::Corrupt(_) => {
                tracing::error!("a turn failed: {error}");
                Problem::internal()
            }
        }
    }
}

impl From<crate::store::db::StoreError> for Problem {
    fn from(error: crate::store::db::StoreError) -> Self {
        tracing::error!("a request failed: {}", error.chain());
        if error.is_passing() {
            Problem::busy("the database does not answer; try again", 5)
        } else {
            Problem::internal()
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let scheme = match self.kind {
                "unsigned" => "Signature realm=\"leadwire\"",
                _ => "Bearer realm=\"leadwire\"",
            };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::db::StoreError;
    use std::sync::Arc;

    #[test]
    fn whoever_may_come_again_is_told_when() {
        let lost = || StoreError::Stale { what: "row" };
        let rows: [(&str, Problem, &str); 5] = [
            ("full", TurnError::Busy.into(), "1"),
            ("closing", TurnError::Closing.into(), "2"),
            ("contended", TurnError::Contended.into(), "1"),
            ("no database for a turn", TurnError::Store(Arc::new(lost())).into(), "5"),
            ("no database", lost().into(), "5"),
        ];
        for (label, problem, seconds) in rows {
            let response = problem.into_response();
            assert_eq!(response.status(), 503, "{label}");
            assert_eq!(response.headers()[header::RETRY_AFTER], seconds, "{label}");
        }
    }
}
