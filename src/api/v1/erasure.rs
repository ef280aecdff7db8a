//! All that is known of a lead's person, and forgetting them.

use super::super::extract::rfc3339;
use super::super::openapi::Refusals;
use super::super::problem::Problem;
use super::access::{Caller, unknown};
use super::form::{Checks, Form, Id};
use super::named::ErasureReason;
use super::refused::{Conflicts, Guarded};
use crate::app::App;
use crate::domain::erasure::Reason;
use crate::service::erasure::{self, Erased, Eraser, Receipt};
use crate::store::leads::{self, Thing};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// All that is known of the person of a lead: every table's rows of theirs, by kind, with readable keys. For whoever asks what is kept of
/// them.
#[utoipa::path(
    get, path = "/api/v1/leads/{id}/export", tag = "leads at work", security(("token" = [])),
    params(("id" = i64, Path, description = "The lead's id.")),
    responses(
        (status = 200, description = "Lists of objects by kind: `persons`, `addresses`, `leads`, `messages`, `answers` and so on. The \
            keys of the objects are names of columns, and may become more.", body = BTreeMap<String, Value>,
            example = json!({
                "lead_id": 210_453_397_504_i64, "exported_at": "2026-02-08T10:30:00Z",
                "addresses": [{"kind": "phone", "value": "+919876543210", "raw": "+919876543210", "created_at": "2026-02-08T10:30:00Z"}],
                "messages": [{"conversation_id": 210_453_397_509_i64, "seq": 1, "direction": "in", "body": "Hello"}],
            })),
        Guarded, Refusals
    )
)]
pub async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<([(HeaderName, &'static str); 1], Json<Value>), Problem> {
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    let told =
        erasure::export(&app.db, tenant, id, app.clock.now()).await?.ok_or_else(|| unknown(Thing::Lead))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(told)))
}

/// The wish to forget somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureForm {
    /// Why: `asked`, `consent_withdrawn`, `not_needed`, `unlawful`, `legal_duty`, `test`. No words of yours: they would name the person
    /// again.
    #[schema(required, value_type = ErasureReason, example = "asked")]
    reason: Option<String>,
    /// The lead's id once more, so that nobody is erased by accident.
    #[schema(required, value_type = i64, example = 210_453_397_504_i64)]
    confirm: Option<i64>,
}

/// A record at a sink.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThereRecord {
    /// The sink.
    #[schema(example = "crm")]
    sink: String,
    /// Our id of it there.
    #[schema(example = "lw-210453397504")]
    key: String,
    /// The sink's; null: it has said none, and may have the record all the same.
    #[schema(example = "00Q5g00000ABCDE")]
    id: Option<String>,
}

/// What is left of the person that this server cannot empty.
#[derive(Debug, Serialize, ToSchema)]
pub struct Left {
    /// Records at sinks: delete them there.
    records: Vec<ThereRecord>,
    /// Recordings at the provider, by its ids: delete them there.
    #[schema(example = json!(["RE0123456789abcdef0123456789abcdef"]))]
    recordings: Vec<String>,
    /// Leads of other people about a child whose parent the person is as well: what those said may name them.
    #[schema(example = json!([]))]
    leads: Vec<i64>,
    /// Saved filters that name the person.
    #[schema(example = json!([]))]
    segments: Vec<i64>,
    /// Whether free space of the database's files may still have traces: `leadwire lead erase ID` writes them anew.
    #[schema(example = true)]
    files: bool,
}

/// That a person was erased; it names nobody.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureReceipt {
    /// Its number.
    #[schema(example = 210_453_397_600_i64)]
    id: i64,
    /// The lead that was named.
    #[schema(example = 210_453_397_504_i64)]
    lead_id: i64,
    /// All leads of the person, who was erased with all of them.
    #[schema(example = json!([210_453_397_504_i64]))]
    lead_ids: Vec<i64>,
    /// How many persons: parents who were known through the person's children alone go with them.
    #[schema(example = 1)]
    persons: usize,
    /// Why.
    #[schema(example = "asked")]
    reason: String,
    /// When, RFC 3339.
    #[schema(example = "2026-02-08T10:30:00Z")]
    erased_at: String,
    /// Who.
    #[schema(example = 5)]
    user_id: Option<i64>,
    /// With what.
    #[schema(example = "token console")]
    program: String,
    /// Whether it was done before this request.
    #[schema(example = false)]
    already: bool,
    /// How many rows of which table were theirs.
    #[schema(example = json!({"identities": 1, "messages": 12}))]
    rows: BTreeMap<String, i64>,
    /// Follow-ups that were pending.
    #[schema(example = 1)]
    cancelled_follow_ups: u64,
    /// Addresses, each by a channel, that stay opted out, as keyed hashes.
    #[schema(example = 1)]
    opt_outs: usize,
    /// What is left elsewhere.
    remains: Left,
}

impl From<Erased> for ErasureReceipt {
    fn from(erased: Erased) -> ErasureReceipt {
        let already = matches!(erased, Erased::Before(_));
        let Receipt {
            id,
            lead_id,
            leads,
            persons,
            reason,
            erased_at,
            user_id,
            program,
            rows,
            cancelled_follow_ups,
            opt_outs,
            remains,
        } = erased.receipt();
        let records = remains.records.into_iter().map(|there| ThereRecord {
            sink: there.sink,
            key: there.key,
            id: there.id,
        });
        ErasureReceipt {
            id,
            lead_id,
            lead_ids: leads,
            persons,
            reason,
            erased_at: rfc3339(erased_at),
            user_id,
            program,
            already,
            rows,
            cancelled_follow_ups,
            opt_outs,
            remains: Left {
                records: records.collect(),
                recordings: remains.recordings,
                leads: remains.leads,
                segments: remains.segments,
                files: true,
            },
        }
    }
}

/// Forgets the person of a lead, with all their leads: names, numbers, addresses, what was said, noted and delivered. What can be counted
/// stays, and so do opt-outs, as hashes. There is no way back. Asked again, the same receipt is answered.
#[utoipa::path(
    post, path = "/api/v1/leads/{id}/erase", tag = "leads at work", security(("token" = [])), request_body = ErasureForm,
    params(("id" = i64, Path, description = "The lead's id.")),
    responses((status = 200, description = "The receipt.", body = ErasureReceipt), Guarded, Conflicts, Refusals)
)]
pub async fn erase(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Form(form): Form<ErasureForm>,
) -> Result<Json<ErasureReceipt>, Problem> {
    let tenant = caller.tenant_of(&app, Thing::Lead, id).await?;
    // Whether there is such a lead comes first: what is wrong with a body tells nothing of it.
    leads::find(app.db.within(tenant), id).await?.ok_or_else(|| unknown(Thing::Lead))?;
    let mut checks = Checks::default();
    if form.reason.is_none() {
        checks.wrong("/reason", "is needed");
    }
    let reason =
        checks.choice("/reason", form.reason.as_deref(), Reason::parse, Reason::ALL.map(Reason::as_str));
    const CONFIRM: &str = "must be the lead's id: there is no way back";
    match form.confirm {
        None => checks.wrong("/confirm", CONFIRM),
        Some(confirmed) if confirmed != id => checks.refused("/confirm", CONFIRM),
        Some(_) => {}
    }
    checks.done()?;
    let Some(reason) = reason else { return Err(Problem::internal()) };
    let eraser = Eraser { db: &app.db, ids: &app.ids, tenant, actor: &caller.actor, now: app.clock.now() };
    Ok(Json(eraser.erase(id, reason).await?.into()))
}
