//! The outbox, for whoever holds a token: what is to be sent, was sent, or could not be sent. Never what, or to whom.

use super::extract::rfc3339;
use super::openapi::{NotFailed, Refusals, UnknownJob};
use super::problem::Problem;
use super::v1::access::Caller;
use super::v1::form::Params;
use super::v1::leads::Whose;
use super::v1::named::{JOB_STATES, JobKind, JobState};
use super::v1::refused::Guarded;
use crate::app::App;
use crate::domain::sending::DispatchKind;
use crate::service::outbox as service;
use crate::store::outbox::{self, Asked, ListedRow, WholeRow};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Jobs of a page unless it is said, and at most.
const USUAL: i64 = 50;
const MOST: i64 = 500;

/// Something to be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct Job {
    /// Its id.
    #[schema(example = 210_453_397_504_i64)]
    id: i64,
    /// What sends it.
    #[schema(example = "twilio_message")]
    kind: String,
    /// Our account.
    #[schema(example = 1)]
    account_id: i64,
    /// `waiting`, `deferred` (a rule keeps it until the person writes), `held` (being sent), `unsure` (it may have been sent; found out before it is sent again), or how it ended: `sent`,
    /// `rejected`, `opted_out`, `dead` (given up).
    #[schema(example = "dead")]
    state: String,
    /// How often it was tried.
    #[schema(example = 12)]
    attempts: i64,
    /// How often it was sent again though it may have been sent.
    #[schema(example = 0)]
    repeats: i64,
    /// How often it turned out that it had been.
    #[schema(example = 0)]
    doubles: i64,
    /// When it was written, RFC 3339.
    #[schema(example = "2026-01-05T10:00:00Z")]
    created_at: String,
    /// When it is due; where it is finished, when it was last.
    #[schema(example = "2026-01-05T10:31:00Z")]
    due_at: String,
    /// When it was finished; null: it is not.
    #[schema(example = "2026-01-05T10:31:00Z")]
    finished_at: Option<String>,
    /// Why it was not sent, as far as that is known.
    #[schema(example = "given up after 12 tries: nobody can be reached there")]
    reason: Option<String>,
    /// The provider's number for that.
    error_code: Option<String>,
}

impl From<ListedRow> for Job {
    fn from(row: ListedRow) -> Job {
        Job {
            id: row.id,
            kind: row.kind,
            account_id: row.account_id,
            state: row.state,
            attempts: row.attempts,
            repeats: row.repeats,
            doubles: row.doubles,
            created_at: rfc3339(row.created_at),
            due_at: rfc3339(row.run_at),
            finished_at: row.finished_at.map(rfc3339),
            reason: row.last_error,
            error_code: row.error_code,
        }
    }
}

/// A page of jobs, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Jobs {
    /// The jobs.
    jobs: Vec<Job>,
    /// `before` of the next page; null: this is the last.
    #[schema(example = 210_453_397_504_i64)]
    next: Option<i64>,
}

/// Something to be sent, with where it belongs.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeJob {
    /// What lists show.
    #[serde(flatten)]
    job: Job,
    /// How it goes.
    #[schema(example = "sms")]
    channel: String,
    /// The person it goes to.
    #[schema(example = 210_453_397_505_i64)]
    person_id: i64,
    /// The conversation it belongs to.
    #[schema(example = 210_453_397_506_i64)]
    conversation_id: i64,
    /// The place there of the message it is, or belongs to.
    #[schema(example = 2)]
    seq: i64,
    /// Which part of the message it is, from 0.
    #[schema(example = 0)]
    part: i64,
    /// How many parts there are.
    #[schema(example = 1)]
    parts: i64,
    /// The provider's id of it.
    #[schema(example = "SM00000000000000000000000000000000")]
    provider_id: Option<String>,
}

impl From<WholeRow> for WholeJob {
    fn from(row: WholeRow) -> WholeJob {
        WholeJob {
            job: row.listed.into(),
            channel: row.channel,
            person_id: row.person_id,
            conversation_id: row.conversation_id,
            seq: row.seq,
            part: row.part,
            parts: row.parts,
            provider_id: row.provider_id,
        }
    }
}

/// Which jobs are asked for.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    state: Option<String>,
    kind: Option<String>,
    before: Option<i64>,
    limit: Option<i64>,
    center_id: Option<i64>,
}

/// Jobs, the newest first.
#[utoipa::path(
    get, path = "/api/v1/jobs", tag = "jobs", security(("token" = [])),
    params(
        ("state" = inline(Option<JobState>), Query, description = "Only in this state; `open`: in any that is not finished."),
        ("kind" = inline(Option<JobKind>), Query, description = "Only of this kind, such as `twilio_message`."),
        ("before" = Option<i64>, Query, description = "Only older than this job: `next` of the page before."),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 500, description = "At most so many, 1 to 500; 50 unless it is said."),
        ("center_id" = Option<i64>, Query, description = "Of this center, for those who see several.")
    ),
    responses((status = 200, description = "A page of jobs.", body = Jobs), Guarded, Refusals)
)]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Jobs>, Problem> {
    let Query(wanted) = wanted.map_err(|rejection| Problem::malformed(rejection.body_text()))?;
    let tenant_id = caller.tenant(&app, wanted.center_id)?.0;
    let most = wanted.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&most) {
        return Err(Problem::malformed(format!("limit must be 1 to {MOST}")));
    }
    if let Some(state) = wanted.state.as_deref().filter(|state| !JOB_STATES.contains(state)) {
        return Err(Problem::malformed(format!(
            "there is no state {state:?}; there are {}",
            JOB_STATES.join(", ")
        )));
    }
    let is_kind = |name: &&str| DispatchKind::ALL.iter().any(|kind| kind.as_str() == *name);
    if let Some(kind) = wanted.kind.as_deref().filter(|kind| !is_kind(kind)) {
        let all = DispatchKind::ALL.map(DispatchKind::as_str).join(", ");
        return Err(Problem::malformed(format!("there is no kind {kind:?}; there are {all}")));
    }
    let asked = Asked { state: wanted.state, kind: wanted.kind, before: wanted.before, most };
    let rows = outbox::list(&app.db, tenant_id, &asked).await?;
    let next = rows.last().map(|row| row.id).filter(|_| rows.len() as i64 == most);
    Ok(Json(Jobs { jobs: rows.into_iter().map(Job::from).collect(), next }))
}

/// One job.
#[utoipa::path(
    get, path = "/api/v1/jobs/{id}", tag = "jobs", security(("token" = [])),
    params(("id" = i64, Path, description = "The job's id."), Whose),
    responses((status = 200, description = "The job.", body = WholeJob), Guarded, UnknownJob, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(whose): Params<Whose>,
    Path(id): Path<String>,
) -> Result<Json<WholeJob>, Problem> {
    let tenant_id = caller.tenant(&app, whose.center_id)?.0;
    found(&app, tenant_id, &id).await.map(|row| Json(row.into()))
}

/// Gives a job that failed its tries again: it is due at once.
#[utoipa::path(
    post, path = "/api/v1/jobs/{id}/retry", tag = "jobs", security(("token" = [])),
    params(("id" = i64, Path, description = "The job's id."), Whose),
    responses(
        (status = 200, description = "The job, due now.", body = WholeJob), Guarded,
        UnknownJob, NotFailed, Refusals
    )
)]
pub async fn retry(
    State(app): State<Arc<App>>,
    caller: Caller,
    Params(whose): Params<Whose>,
    Path(id): Path<String>,
) -> Result<Json<WholeJob>, Problem> {
    let tenant_id = caller.tenant(&app, whose.center_id)?.0;
    let row = found(&app, tenant_id, &id).await?;
    if !service::retry(&app.db, tenant_id, row.listed.id, app.clock.now()).await? {
        return Err(not_failed());
    }
    let row = found(&app, tenant_id, &id).await?;
    app.handover.wake();
    Ok(Json(row.into()))
}

async fn found(app: &App, tenant_id: i64, id: &str) -> Result<WholeRow, Problem> {
    let unknown = || Problem::not_found("there is no such job; GET /api/v1/jobs lists those there are");
    let id = id.parse().map_err(|_| unknown())?;
    outbox::find(&app.db, tenant_id, id).await?.ok_or_else(unknown)
}

/// Only what failed can be tried again.
pub fn not_failed() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "not-failed",
        "This job has not failed",
        "only a job whose state is dead or rejected can be tried again",
    )
}
