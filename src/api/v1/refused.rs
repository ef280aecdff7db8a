//! What is said where something was not done, and what anything here can be refused with.

use super::super::extract::rfc3339;
use super::super::openapi::described;
use super::super::problem::Problem;
use crate::domain::lifecycle::allowed;
use crate::service::lifecycle::Refused;
use crate::store::leads::AuditRow;
use axum::http::StatusCode;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use utoipa::IntoResponses;
use utoipa::openapi::{RefOr, Response};

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        match refused {
            Refused::Missing(what) => Problem::not_found(format!("there is no such {what}")),
            Refused::Stale { version, changes } => {
                Problem::stale(version, changes.iter().map(change).collect())
            }
            Refused::NotAllowed(refused) => {
                let possible: Vec<String> =
                    allowed(refused.status).into_iter().map(|event| event.as_str().to_owned()).collect();
                let detail = format!("{refused}; possible now: {}", possible.join(", "));
                Problem::not_possible(detail, possible)
            }
            Refused::Settled(detail) => Problem::not_possible(detail, vec![]),
            Refused::Invalid { pointer, detail } => Problem::unprocessable(&pointer, detail),
            Refused::Store(error) => error.into(),
        }
    }
}

/// What somebody did, as refusals and audit logs tell it.
pub fn change(row: &AuditRow) -> Json {
    let detail: Json = serde_json::from_str(&row.detail).unwrap_or_default();
    json!({
        "event": row.event, "from": row.from_status, "to": row.to_status, "reason": row.reason, "detail": detail,
        "user_id": row.user_id, "program": row.program, "version": row.version, "at": rfc3339(row.created_at),
    })
}

/// What any request of the leads API can be refused with, beside [`super::super::openapi::Refusals`].
#[derive(Clone, Copy, Debug)]
pub enum Guarded {}

impl IntoResponses for Guarded {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [
            described("No token was sent, or one that is not good.", Problem::unauthorized()),
            described(
                "The role, or the token's scopes, do not allow it.",
                Problem::forbidden("this needs leads:administer, which COUNSELOR does not have"),
            ),
            described(
                "There is nothing with this id, or no such center, as far as whoever asks may see.",
                Problem::not_found("there is no such lead; GET /api/v1/leads lists those there are"),
            ),
            described(
                "All of it can be read, and something is refused for what it means: no such day or number, nobody with this id, one \
                 field that does not go with another. `errors` points at fields of the body.",
                Problem::unprocessable("/child/dob", "must not be in the future"),
            ),
        ]
        .into()
    }
}

/// The lead does not allow it now, or somebody else changed it.
#[derive(Clone, Copy, Debug)]
pub enum Conflicts {}

impl IntoResponses for Conflicts {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problem = Problem::not_possible(
            "convert is not possible for a lead that is CLOSED_LOST; possible now: reopen",
            vec!["reopen".to_owned()],
        );
        debug_assert_eq!(problem.status, StatusCode::CONFLICT.as_u16());
        let description = "The lead's status does not allow it (`allowed` says what it does), or somebody else changed it since the \
                           version that was named (`changes` says what).";
        [described(description, problem)].into()
    }
}
