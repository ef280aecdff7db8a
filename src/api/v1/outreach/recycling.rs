//! Trying leads again that could not be reached.

use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::{Checks, Form};
use super::super::named::{RecyclableName, RecycledName};
use super::super::refused::Guarded;
use super::{MOST, bounded, desk};
use crate::app::App;
use crate::domain::outreach::Standing;
use crate::service::outreach::{self, Recycle, TARGETS, recyclable};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most statuses of one request.
const STATUSES: usize = 50;

/// Leads that are to be tried again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecycleForm {
    /// Leads that say one of these; null, or the empty text: those that say nothing.
    #[schema(value_type = Vec<RecyclableName>, example = json!(["no_answer", "busy", null]), min_items = 1, max_items = 50)]
    from: Vec<Option<String>>,
    /// What they are to stand at; new unless it is said.
    #[schema(value_type = Option<RecycledName>, example = "new")]
    to: Option<String>,
    /// Whether their tries are counted anew. What was tried stays in the ledger: laws count it.
    #[serde(default)]
    #[schema(example = true)]
    reset: bool,
    /// The center, for those who see several.
    #[schema(example = json!(null))]
    center_id: Option<i64>,
}

impl RecycleForm {
    fn checked(&self) -> Result<Recycle, Problem> {
        let mut checks = Checks::default();
        let target = |name: &str| TARGETS.into_iter().find(|target| target.as_str() == name);
        let to = checks.choice("/to", self.to.as_deref(), target, TARGETS.map(Standing::as_str));
        let to = to.unwrap_or(Standing::New);
        if !(1..=STATUSES).contains(&self.from.len()) {
            checks.wrong("/from", format!("must be 1 to {STATUSES} statuses"));
        }
        let mut from = Vec::new();
        for (n, name) in self.from.iter().enumerate() {
            let pointer = format!("/from/{n}");
            let Some(name) = name.as_deref().filter(|name| !name.is_empty()) else {
                from.push(None);
                continue;
            };
            let parse = |name: &str| recyclable().find(|standing| standing.as_str() == name);
            let found = checks.choice(&pointer, Some(name), parse, recyclable().map(Standing::as_str));
            if found == Some(to) {
                checks.refused(pointer, "is what they are to stand at");
            }
            from.extend(found.map(Some));
        }
        checks.done()?;
        Ok(Recycle { from, to, resets: self.reset, most: Some(MOST) })
    }
}

/// What was recycled.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecycleReceipt {
    /// How many leads.
    #[schema(example = 371)]
    recycled: u64,
    /// What they stand at.
    #[schema(value_type = RecycledName, example = "new")]
    to: &'static str,
    /// Whether there are more of them: a request takes at most 100,000, and as many as ten seconds are enough for. Ask again.
    #[schema(example = false)]
    has_more: bool,
}

/// Lets leads that could not be reached be tried again. Those whose lives are over stay as they are, as do those who want no more; each
/// change is in the lead's timeline.
#[utoipa::path(
    post, path = "/api/v1/outreach/recycle", tag = "outreach", security(("token" = [])), request_body = RecycleForm,
    responses((status = 200, description = "How many there were.", body = RecycleReceipt), Guarded, Refusals)
)]
pub async fn recycle(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<RecycleForm>,
) -> Result<Json<RecycleReceipt>, Problem> {
    let wanted = form.checked()?;
    let tenant = caller.tenant(&app, form.center_id)?;
    let (stopped, mut watch) = bounded(&app);
    let done = outreach::recycle(&desk(&app, &caller, tenant), &wanted, &stopped, &mut watch).await?;
    Ok(Json(RecycleReceipt { recycled: done.leads, to: wanted.to.as_str(), has_more: done.has_more }))
}
