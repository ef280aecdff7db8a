//! Putting right what leads say of the attempts to reach them.

use super::super::super::openapi::Refusals;
use super::super::super::problem::Problem;
use super::super::access::Caller;
use super::super::form::{Checks, Form};
use super::super::refused::Guarded;
use super::refused::unknown_campaign;
use super::{MOST, bounded, desk};
use crate::app::App;
use crate::domain::outreach::Issue;
use crate::service::outreach::{self, Fix, Fixed};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// What leads say of the attempts to reach them is to be put right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FixStatusForm {
    /// Whether it is only counted.
    #[serde(default)]
    #[schema(example = true)]
    report_only: bool,
    /// Only leads that this campaign has or has tried.
    #[schema(example = json!(null), minimum = 1)]
    campaign: Option<i64>,
    /// Go on behind this lead: `next` of the answer before.
    #[schema(example = json!(null), minimum = 1)]
    after: Option<i64>,
    /// The center, for those who see several.
    #[schema(example = json!(null))]
    center_id: Option<i64>,
}

/// Leads that do not agree with the ledger of attempts, by what is wrong with them.
#[derive(Debug, Serialize, ToSchema)]
pub struct FixIssues {
    /// They were tried, and say that they are new, or nothing.
    #[schema(example = 458)]
    tried_but_new: u64,
    /// They were tried, and the numbers of that are missing or others.
    #[schema(example = 127)]
    untracked: u64,
    /// They were not tried, and say nothing.
    #[schema(example = 0)]
    missing: u64,
}

/// What was found, and put right.
#[derive(Debug, Serialize, ToSchema)]
pub struct FixReport {
    /// Leads that were looked at.
    #[schema(example = 58_466)]
    looked_at: u64,
    /// Those that did not agree, by what is wrong.
    issues: FixIssues,
    /// All of these.
    #[schema(example = 585)]
    found: u64,
    /// Those that were put right.
    #[schema(example = 585)]
    fixed: u64,
    /// What those that did not agree say now, or would: how many say what.
    #[schema(example = json!({"no_answer": 243, "busy": 128, "contacted": 97, "failed": 86, "dropped": 31}))]
    after: BTreeMap<String, u64>,
    /// Whether there are leads that were not looked at: a request looks at 100,000, and at as many as ten seconds are enough for.
    #[schema(example = false)]
    has_more: bool,
    /// Ask again with it as `after` for these; null: there are none.
    #[schema(example = json!(null))]
    next: Option<i64>,
}

impl From<Fixed> for FixReport {
    fn from(done: Fixed) -> FixReport {
        let of = |issue| done.issues.get(&issue).copied().unwrap_or(0);
        FixReport {
            looked_at: done.looked_at,
            issues: FixIssues {
                tried_but_new: of(Issue::TriedButNew),
                untracked: of(Issue::Untracked),
                missing: of(Issue::Missing),
            },
            found: done.found(),
            fixed: done.fixed,
            after: done.after,
            has_more: done.next.is_some(),
            next: done.next,
        }
    }
}

/// Compares what leads say of the attempts to reach them with the ledger of attempts, and puts right what differs; each change is in the
/// lead's timeline. Asked again it finds nothing.
#[utoipa::path(
    post, path = "/api/v1/outreach/fix-status", tag = "outreach", security(("token" = [])), request_body = FixStatusForm,
    responses((status = 200, description = "The report.", body = FixReport), Guarded, Refusals)
)]
pub async fn fix(
    State(app): State<Arc<App>>,
    caller: Caller,
    Form(form): Form<FixStatusForm>,
) -> Result<Json<FixReport>, Problem> {
    let mut checks = Checks::default();
    let campaign = checks.id("/campaign", form.campaign);
    let after = checks.id("/after", form.after).unwrap_or(0);
    checks.done()?;
    let tenant = caller.tenant(&app, form.center_id)?;
    if let Some(id) = campaign
        && !outreach::is_campaign(app.db.within(tenant), id).await?
    {
        return Err(unknown_campaign());
    }
    let wanted = Fix { campaign, is_dry: form.report_only, after, most: Some(MOST) };
    let (stopped, mut watch) = bounded(&app);
    let desk = desk(&app, &caller, tenant);
    Ok(Json(outreach::fix(&desk, wanted, &stopped, &mut |_| {}, &mut watch).await?.into()))
}
