//! Leads that turn out to be one: which may be, merging them, and taking them apart again.

use super::super::extract::rfc3339;
use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::{Caller, unknown};
use super::form::{Checks, Form, Id, Seen};
use super::refused::{Conflicts, Guarded};
use super::shape::Lead;
use crate::app::App;
use crate::domain::merging::Likeness;
use crate::service::lifecycle::{self, Merger, Moved};
use crate::store::leads::{LeadRow, Thing};
use crate::store::merges::{self, MergeRow};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// An identity that two leads share.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shared {
    /// `phone` (of WhatsApp too), `whatsapp_user`, `email`.
    #[schema(example = "phone")]
    kind: &'static str,
    /// In the form in which variants of one number are equal.
    #[schema(example = "+919876543210")]
    value: String,
}

/// A lead that shares something with another.
#[derive(Debug, Serialize, ToSchema)]
pub struct Duplicate {
    /// The lead.
    lead: Lead,
    /// Whether the two may be merged as far as identities say: they share some, and of no kind has each its own.
    #[schema(example = true)]
    is_one: bool,
    /// What they share, where they are one.
    shared: Vec<Shared>,
    /// Of which kinds each has its own: they are two, and stay so.
    #[schema(example = json!([]))]
    differing: Vec<&'static str>,
}

impl From<lifecycle::Duplicate> for Duplicate {
    fn from(duplicate: lifecycle::Duplicate) -> Duplicate {
        let (shared, differing) = match duplicate.likeness {
            Likeness::One(shared) => (shared, vec![]),
            Likeness::Two(kinds) => (vec![], kinds),
            Likeness::Unknown => (vec![], vec![]),
        };
        Duplicate {
            lead: duplicate.lead.into(),
            is_one: !shared.is_empty(),
            shared: shared.into_iter().map(|(kind, value)| Shared { kind: kind.as_str(), value }).collect(),
            differing: differing.into_iter().map(|kind| kind.as_str()).collect(),
        }
    }
}

/// Leads that share a number, a WhatsApp id or an e-mail address with this one, the newest first, at most a hundred.
#[utoipa::path(
    get, path = "/api/v1/leads/{id}/duplicates", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "Leads that may be the same.", body = Vec<Duplicate>), Guarded, Refusals)
)]
pub async fn duplicates(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Vec<Duplicate>>, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    let found = lifecycle::duplicates(&app.db, tenant, id).await?.ok_or_else(|| unknown(Thing::Lead))?;
    Ok(Json(found.into_iter().map(Duplicate::from).collect()))
}

/// The wish to make two leads one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeForm {
    /// The lead that is merged into this one, and is put aside.
    #[schema(required, value_type = i64, example = 210_453_397_600_i64, minimum = 1)]
    other_lead_id: Option<i64>,
    /// Why.
    #[schema(required, value_type = String, example = "The same parent, entered twice", min_length = 1, max_length = 500)]
    reason: Option<String>,
    /// The version of this lead that was seen.
    #[schema(example = json!(null))]
    version: Option<i64>,
}

/// How many of what went from the other lead to this one.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovedCounts {
    /// Numbers, WhatsApp ids, addresses and sessions of its person.
    #[schema(example = 1)]
    identities: usize,
    /// Conversations of its person.
    #[schema(example = 2)]
    conversations: usize,
    /// Leads of its person, it among them.
    #[schema(example = 1)]
    leads: usize,
    /// Its follow-ups.
    #[schema(example = 1)]
    follow_ups: usize,
    /// Its visits.
    #[schema(example = 0)]
    visits: usize,
    /// What this lead did not know.
    #[schema(example = json!(["email", "school"]))]
    filled: Vec<String>,
}

/// The receipt of a merge.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergeReceipt {
    /// Its id: by it the merge is undone.
    #[schema(example = 210_453_397_700_i64)]
    id: i64,
    /// The lead that stays.
    #[schema(example = 210_453_397_504_i64)]
    lead_id: i64,
    /// The lead that was merged into it.
    #[schema(example = 210_453_397_600_i64)]
    other_lead_id: i64,
    /// By which kinds of identities they are one.
    #[schema(example = json!(["phone"]))]
    by: Vec<&'static str>,
    /// What went over; null: it went back, or the person was erased.
    moved: Option<MovedCounts>,
    /// Why.
    #[schema(example = "The same parent, entered twice")]
    reason: String,
    /// Who did it.
    #[schema(example = 5)]
    user_id: Option<i64>,
    /// With what.
    #[schema(example = "token console")]
    program: String,
    /// When, RFC 3339.
    #[schema(example = "2026-02-08T10:30:00Z")]
    merged_at: String,
    /// When it was undone, RFC 3339; null: it holds.
    #[schema(example = json!(null))]
    undone_at: Option<String>,
    /// The lead that stays, as it is now.
    lead: Lead,
}

fn receipt(merge: MergeRow, lead: LeadRow) -> Result<Json<MergeReceipt>, Problem> {
    let moved: Option<Moved> = match merge.moved.as_str() {
        "{}" => None,
        text => Some(serde_json::from_str(text).map_err(|error| {
            tracing::error!(merge = merge.id, %error, "a merge's receipt cannot be read");
            Problem::internal()
        })?),
    };
    let by = moved.as_ref().map(Moved::kinds).unwrap_or_default();
    Ok(Json(MergeReceipt {
        id: merge.id,
        lead_id: merge.lead_id,
        other_lead_id: merge.other_id,
        by,
        moved: moved.map(|moved| MovedCounts {
            identities: moved.identities.len(),
            conversations: moved.conversations.len().max(moved.about.len()),
            leads: moved.leads.len().max(1),
            follow_ups: moved.follow_ups.len(),
            visits: moved.visits.len(),
            filled: moved.filled.into_iter().chain(moved.fields).collect(),
        }),
        reason: merge.reason,
        user_id: merge.user_id,
        program: merge.program,
        merged_at: rfc3339(merge.created_at),
        undone_at: merge.undone_at.map(rfc3339),
        lead: lead.into(),
    }))
}

/// Merges another lead into this one: its person's numbers and conversations, its visits and follow-ups and what this one does not know go
/// over. Only where both share a number, a WhatsApp id or an e-mail address, and of no kind each has its own.
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/merge", tag = "leads at work", security(("token" = [])), request_body = MergeForm,
    params(("id" = i64, Path, description = "The id of the lead that stays.")),
    responses((status = 200, description = "The receipt.", body = MergeReceipt), Guarded, Conflicts, Refusals)
)]
pub async fn merge(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    seen: Seen,
    Form(form): Form<MergeForm>,
) -> Result<Json<MergeReceipt>, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    let mut checks = Checks::default();
    let reason = checks.needed("/reason", form.reason.as_deref(), 1..=500);
    if form.other_lead_id.is_none() {
        checks.wrong("/other_lead_id", "is needed: the lead that is merged into this one");
    }
    let other_id = checks.id("/other_lead_id", form.other_lead_id).unwrap_or_default();
    checks.done()?;
    let expected = seen.or(form.version);
    let merger =
        Merger { app: &app, tenant, actor: &caller.actor, lead_id: id, expected, other_id, reason: &reason };
    let (merge, lead) = merger.merge().await?;
    receipt(merge, lead)
}

/// The receipt of a merge.
#[utoipa::path(
    get, path = "/api/v1/merges/{id}", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The merge's id: the timeline of a lead names it.")),
    responses((status = 200, description = "The receipt.", body = MergeReceipt), Guarded, Refusals)
)]
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<MergeReceipt>, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Merge, id).await?;
    let merge = merges::find(app.db.within(tenant), id).await?.ok_or_else(|| unknown(Thing::Merge))?;
    let lead = crate::store::leads::find(app.db.within(tenant), merge.lead_id).await?;
    receipt(merge, lead.ok_or_else(|| unknown(Thing::Lead))?)
}

/// Why a merge is undone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoForm {
    /// Why.
    #[schema(required, value_type = String, example = "They are two sisters", min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// Undoes a merge: what went over goes back, as far as it is still there. What came since stays with the lead that stayed; who opted out
/// has opted out as both.
#[utoipa::path(
    post, path = "/api/v1/merges/{id}/undo", tag = "leads at work", security(("token" = [])), request_body = UndoForm,
    params(("id" = i64, Path, description = "The merge's id.")),
    responses((status = 200, description = "The receipt.", body = MergeReceipt), Guarded, Conflicts, Refusals)
)]
pub async fn undo(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Form(form): Form<UndoForm>,
) -> Result<Json<MergeReceipt>, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Merge, id).await?;
    let mut checks = Checks::default();
    let reason = checks.needed("/reason", form.reason.as_deref(), 1..=500);
    checks.done()?;
    let (merge, lead) = lifecycle::undo(&app, tenant, &caller.actor, id, &reason).await?;
    receipt(merge, lead)
}
